# SPDX-License-Identifier: Apache-2.0
# Worst stack from gcc's call graphs: awk -f tests/size/stack.awk DIR/*.ci
# Prints, a line a function: bytes with all it calls, own bytes, object, function, the deepest path.
# Functions without a body here (the C library's, the compiler's helpers) count 0, and so do calls through
# pointers, but for those named with -v pointers='MEMBER>CALLEE ...': what the struct's member that is called
# through points to. FILE:MEMBER is that member in FILE alone. With -v outside='MEMBER ...', members that point
# out of the core, all others must be named.
# Exit status 1 when there is no worst case, by recursion or a frame of no fixed size, and when a name of
# pointers fits nothing, or a member is named by neither.

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

# A call through a pointer, at FILE:LINE:COLUMN: the source tells the member's name.
function add_pointer_call(from, where,    at, i, text) {
    split(where, at, ":")
    if (!(at[1] in source)) {
        source[at[1]] = 1
        for (i = 1; (getline text <at[1]) > 0; i++)
            source[at[1], i] = text
    }
    text = substr(source[at[1], at[2]], at[3])
    if (!match(text, /[.>][a-z0-9_]+\(/)) {
        print "no member is called at " where | "cat >&2"
        failed = 1
        return
    }
    sub(/.*\//, "", at[1])
    pointer_calls[++pointer_count] = from SUBSEP at[1] SUBSEP substr(text, RSTART + 1, RLENGTH - 2)
}

# A function without the name of its file, or with it.
function find_function(plain,    name) {
    for (name in own)
        if (name ~ "(^|[/:])" plain "$")
            return name
}

# Add the calls of a function through members of structs. pair: MEMBER>FUNCTION or FILE:MEMBER>FUNCTION
function add_calls(pair,    side, callee, i, call, found) {
    split(pair, side, ">")
    callee = find_function(side[2])
    for (i = 1; i <= pointer_count; i++) {
        split(pointer_calls[i], call, SUBSEP)
        if (callee != "" && (side[1] == call[3] || side[1] == call[2] ":" call[3])) {
            calls[call[1]] = calls[call[1]] SUBSEP callee
            is_named[i] = found = 1
        }
    }
    if (!found) {
        print "no such call through a pointer: " pair | "cat >&2"
        failed = 1
    }
}

function check_pointer_calls(    i, call) {
    for (i = 1; i <= pointer_count; i++) {
        split(pointer_calls[i], call, SUBSEP)
        if (!(i in is_named) && index(" " outside " ", " " call[3] " ") == 0) {
            print "unknown call through a pointer: " call[1] ": " call[3] | "cat >&2"
            failed = 1
        }
    }
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
    if (frame !~ /\((static|dynamic,bounded)\)/) {
        print "no fixed frame: " name ": " frame | "cat >&2"
        failed = 1
    }
}

/^edge:/ {
    from = field($0, "sourcename")
    to = field($0, "targetname")
    if (to == "__indirect_call")
        add_pointer_call(from, field($0, "label"))
    if (!((from, to) in seen)) {
        seen[from, to] = 1
        calls[from] = (from in calls) ? calls[from] SUBSEP to : to
    }
}

END {
    n = split(pointers, pair, " ")
    for (i = 1; i <= n; i++)
        add_calls(pair[i])
    if (outside != "")
        check_pointer_calls()
    for (i = 1; i <= count; i++) {
        name = order[i]
        line = worst(name) " " own[name] " " home[name] " " name " " path[name]
        gsub(/core\/[a-z0-9_]*\.c:/, "", line) # where a static function stands
        print line
    }
    exit failed
}
