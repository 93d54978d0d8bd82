# SPDX-License-Identifier: Apache-2.0
# Checks Prometheus' text exposition format 0.0.4, as strictly as what scrapes it: names, escapes, numbers,
# HELP and TYPE once and before their samples, samples of a metric together, no series twice.
# Prints what is wrong, a line each; exit status 1 when anything is. Without samples, it is wrong too.
function wrong(why) {
    print "line " NR ": " why ": " $0
    failed = 1
}
# The labels that begin at position at of the line, { included. Returns the position behind }, or 0.
function labels(at,    seen, name, c) {
    split("", seen)
    if (substr($0, at, 2) == "{}") return at + 2
    while (substr($0, at, 1) != "}") {
        at++
        if (!match(substr($0, at), /^[a-zA-Z_][a-zA-Z0-9_]*="/)) return 0
        name = substr($0, at, RLENGTH - 2)
        if (name in seen || name ~ /^__/) return 0
        seen[name] = 1
        at += RLENGTH
        for (c = substr($0, at, 1); c != "\""; c = substr($0, ++at, 1)) {
            if (c == "") return 0
            if (c == "\\" && substr($0, ++at, 1) !~ /^[\\"n]$/) return 0
        }
        at++
        if (substr($0, at, 1) !~ /^[,}]$/) return 0
    }
    return at + 1
}
function family(name) {
    if (name == current) return
    if (name in over) wrong("the metric's samples do not stand together")
    over[name] = 1
    current = name
}
/^$/ { next }
/^# (HELP|TYPE) / {
    if (!match($3, /^[a-zA-Z_:][a-zA-Z0-9_:]*$/)) wrong("no name")
    if ($2 " " $3 in told) wrong("told twice")
    if ($3 in sampled) wrong("told behind a sample")
    if ($2 == "TYPE" && ($4 !~ /^(counter|gauge|histogram|summary|untyped)$/ || NF != 4)) wrong("no type")
    if ($2 == "HELP" && /\\[^\\n]|\\$/ && !/\\\\/) wrong("no escape")
    told[$2 " " $3] = 1
    family($3)
    next
}
/^#/ { next }
{
    if (!match($0, /^[a-zA-Z_:][a-zA-Z0-9_:]*/)) {
        wrong("no name")
        next
    }
    name = substr($0, 1, RLENGTH)
    at = RLENGTH + 1
    if (substr($0, at, 1) == "{") at = labels(at)
    if (at == 0) {
        wrong("no labels")
        next
    }
    series = substr($0, 1, at - 1)
    value = substr($0, at)
    if (value !~ /^ (-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?|NaN|[-+]Inf)$/) wrong("no value")
    if (series in seen_series) wrong("the series was there already")
    if (!(("TYPE " name) in told) || !(("HELP " name) in told)) wrong("neither HELP nor TYPE")
    seen_series[series] = sampled[name] = 1
    samples++
    family(name)
}
END {
    if (samples == 0) {
        print "there is no sample"
        failed = 1
    }
    exit failed
}
