# SPDX-License-Identifier: Apache-2.0
# Worst stack from gcc's call graphs: awk -f tests/size/stack.awk DIR/*.ci
# Prints, a line a function: bytes with all it calls, own bytes, object, function, the deepest path.
# Functions without a body here (the C library's, the compiler's helpers) and calls through pointers
# (port, hash, functions of the caller) count 0, but for those named with -v pointers='OBJECT:CALLER>CALLEE ...':
# CALLER is a regular expression for the functions of OBJECT.o that call CALLEE through a pointer.
# Exit status 1 when there is no worst case, by recursion or a frame of no fixed size, and when a name of
# pointers does not fit.

function field(line, key,    rest) {
    rest = line
    if (!sub(".*" key ": \"", "", rest))
        return ""
    sub(/".*/, "", rest)
    return rest
}

function worst(name,    list, n, i, deep) {
    if (state[name] == 2)
        return total[name]
    if (state[name] == 1) {
        print "recursion: " trail " calls " name " again" | "cat >&2"
        failed = 1
        return 0
    }
    state[name] = 1
    total[name] = own[name] + 0
    path[name] = name
    n = split(calls[name], list, SUBSEP)
    for (i = 1; i <= n; i++) {
        trail = name
        deep = own[name] + worst(list[i])
        if (deep > total[name]) {
            total[name] = deep
            path[name] = name " > " path[list[i]]
        }
    }
    state[name] = 2
    return total[name]
}

FNR == 1 {
    object = FILENAME
    gsub(/.*\/|\.ci$/, "", object)
}

/^node:/ && / bytes \(/ {
    name = field($0, "title")
    match($0, /[0-9]+ bytes \([a-z,]*\)/)
    frame = substr($0, RSTART, RLENGTH)
    own[name] = frame + 0
    home[name] = object
    order[++count] = name
    if (frame !~ /\(static\)/) {
        print "no fixed frame: " name ": " frame | "cat >&2"
        failed = 1
    }
}

/^edge:/ {
    from = field($0, "sourcename")
    to = field($0, "targetname")
    if (to == "__indirect_call")
        indirect[from] = object
    if (!((from, to) in seen)) {
        seen[from, to] = 1
        calls[from] = (from in calls) ? calls[from] SUBSEP to : to
    }
}

# What the callers that a pair names call besides, through a pointer.
function add_calls(pair,    side, caller, callee, name, plain, found) {
    split(pair, side, ">")
    split(side[1], caller, ":")
    for (name in own)
        if (name ~ "(^|[/:])" side[2] "$")
            callee = name
    for (name in indirect) {
        plain = name
        sub(/^.*:/, "", plain)
        sub(/\..*/, "", plain)
        if (callee != "" && indirect[name] == caller[1] && plain ~ "^(" caller[2] ")$") {
            calls[name] = calls[name] SUBSEP callee
            found = 1
        }
    }
    if (!found) {
        print "no such call through a pointer: " pair | "cat >&2"
        failed = 1
    }
}

END {
    n = split(pointers, pair, " ")
    for (i = 1; i <= n; i++)
        add_calls(pair[i])
    for (i = 1; i <= count; i++) {
        name = order[i]
        line = worst(name) " " own[name] " " home[name] " " name " " path[name]
        gsub(/core\/[a-z0-9_]*\.c:/, "", line) # where a static function stands
        print line
    }
    exit failed
}
