# SPDX-License-Identifier: Apache-2.0
# Compares the events that osft-reporter has reported with the events of the endpoint. Reads three files:
#   TRUTH  TIME_MS started|succeeded|failed|vanished GENERATION RUN_ID, of osft-endpoint --events
#   LOG    of osft-endpoint --log: when each instance was listed. fault=chaos: no fault was drawn for the request
#   TOLD   EPOCH INSTANCE EVENT ID GENERATION PROGRESS, of the reporter's command or messages
# Variables: instances=N: the instances are i1 to iN; until_ms=TIME: later events are ignored; epochs=N: the number of
# starts of the reporter, each after SIGKILL except for the first; begun_ms=TIME: of the last start. Prints a line for
# each defect, then the counts.
#
# A run that appears and vanishes between two lists is in neither list. A list may also have been sent to a reporter
# that had given up or was killed. So a vanished run without an event counts as lost only if at least three lists
# contained the run.
#
# Until the first poll of an instance has succeeded, a run that has ended is not reported (osft_watch.h). That poll may
# have reported runs before it failed. So a run without an event does not count as lost if it ended before the third list
# of its instance.
#
# A reporter that is killed between the report of a start and the saving of its state does not know that run any more.
# If the run vanishes before the next process reads a list, that process cannot learn of the run. Such a run counts as
# forgotten, not as lost, if the last process has reported nothing of it and fewer than three of its lists had it. At
# most one run may be forgotten for each SIGKILL.
function defect(text) {
    if (++defects <= 20)
        print text
}
function lists_between(instance, from, to,    low, high, middle) {
    low = 1
    high = lists[instance] + 1
    while (low < high) {
        middle = int((low + high) / 2)
        if (list_ms[instance, middle] < from)
            low = middle + 1
        else
            high = middle
    }
    for (middle = low; middle <= lists[instance] && list_ms[instance, middle] < to; middle++)
        ;
    return middle - low
}

FILENAME == ARGV[1] {
    if ($2 == "started") {
        start_ms[$3] = $1
        if ($3 > newest) newest = $3 + 0
    } else {
        end_ms[$3] = $1
        end[$3] = $2
    }
    next
}
FILENAME == ARGV[2] {
    if ($3 ~ /pageNumber=1&pageSize=50$/ && $4 == 200 && $NF ~ /^fault=(-|chaos)$/) {
        instance = $3
        sub(/.*\/instances\//, "", instance)
        sub(/\/.*/, "", instance)
        ms = $(NF - 1)
        sub(/ms=/, "", ms)
        list_ms[instance, ++lists[instance]] = ms + 0
    }
    next
}
{
    told_events++
    key = $2 " " $3 " " $4
    # A run may have several events about its progress: one for each value.
    once = $3 == "progressed" ? key " " $6 : key
    if (told_in[$1, once]++)
        defect("told twice: " once)
    told[key]++
    if ($1 > last_epoch[$2, $4])
        last_epoch[$2, $4] = $1
    if ($3 == "dropped")
        defect("a run was dropped from the table: " key)
    if ($3 == "started") {
        generation[$4] = $5
        id[$5] = $4
        if (!($2 in first) || $5 + 0 < first[$2]) first[$2] = $5 + 0
    } else if ($3 != "progressed") {
        ends[key] = 1
    }
    if ($1 > epochs)
        defect("an epoch that was not: " $0)
}
END {
    for (key in ends) {
        split(key, part, " ")
        g = generation[part[3]]
        if (g == "" || !((part[1] " started " part[3]) in told))
            defect("ended without a start: " key)
        else if (end[g] != part[2])
            defect("has not happened: " key " of generation " g)
    }
    for (n = 1; n <= instances; n++) {
        instance = "i" n
        if (!(instance in first)) {
            defect("told nothing: " instance)
            continue
        }
        for (g = first[instance]; g <= newest; g++) {
            if (start_ms[g] == "" || start_ms[g] > until_ms)
                continue
            has_ended = end[g] != "" && end_ms[g] <= until_ms
            if ((instance " started " id[g]) in told) {
                events += 1 + has_ended
                if (!has_ended || (instance " " end[g] " " id[g]) in told)
                    continue
                if (end[g] == "vanished" && last_epoch[instance, id[g]] < epochs &&
                    lists_between(instance, begun_ms, end_ms[g]) < 3)
                    forgotten++
                else
                    defect("lost: " instance " " end[g] " generation " g)
            } else if (has_ended && lists_between(instance, 0, end_ms[g]) < 3) {
                unseen++
            } else if (end[g] != "vanished" || lists_between(instance, start_ms[g], end_ms[g]) >= 3) {
                defect("lost: " instance " started generation " g)
            } else {
                unseen++
            }
        }
    }
    if (forgotten >= epochs)
        defect("forgotten: " forgotten " runs, with " epochs - 1 " SIGKILLs")
    printf "%d events, %d with progress, %d runs unseen, %d forgotten, %d defects\n", events, told_events, unseen, \
        forgotten, defects
    exit defects > 0
}
