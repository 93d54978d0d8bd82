# SPDX-License-Identifier: Apache-2.0
# Prints the functions of a target's floor that a run did not reach. LOG: the run's log, with libFuzzer's coverage.
# A function that the log does not name counts as not reached.
# usage: awk -v target=TARGET -f floor.awk floors.txt LOG
FNR == NR {
    if ($1 != target) next
    file = $2
    except = 0
    for (i = 3; i <= NF; i++) {
        if ($i == "except") except = 1
        else if (except) excepted[file, $i] = 1
    }
    files[file] = 1
    next
}
# COVERED_FUNC: hits: 1 edges: 2/3 NAME PATH:LINE
/^(UN)?COVERED_FUNC:/ {
    name = $6
    path = $7
    sub(/:[0-9]+$/, "", path)
    for (file in files) {
        if (substr(path, length(path) - length(file) + 1) != file) continue
        seen[file]++
        if ($1 == "UNCOVERED_FUNC:" && !((file, name) in excepted)) print file ":" name
        if ($1 == "COVERED_FUNC:" && (file, name) in excepted) print file ":" name "(not-an-exception)"
    }
}
END {
    for (file in files)
        if (!seen[file]) print file
}
