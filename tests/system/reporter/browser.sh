#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Checks the reporter's page in a browser: its DOM shows the runs of the endpoint, no text becomes markup, and the
# page can be used on a phone and by keyboard. The browser is headless Chromium.
set -u
. tests/tools/command.sh
. tests/tools/endpoint.sh
reporter_pid='' browser=''
end() {
    end_servers "$reporter_pid"
    stop
    rm -rf "$T"
}
trap end EXIT

# skip_all REASON: Skip all tests and end the script.
skip_all() {
    skip "the page in a browser" "$1"
    echo "1..$n"
    exit 0
}
"$B/osft-reporter" --version | grep -q '^with libmicrohttpd' || skip_all "the reporter was built without libmicrohttpd"
sh tests/tools/need.sh chromium curl 2>"$T/need" || skip_all "$(head -n 1 "$T/need")"
for name in chromium chromium-browser google-chrome; do
    [ -n "$browser" ] || browser=$(command -v "$name" || true)
done

# dom WIDTH URL FILE ARGUMENTS...: Write the DOM of a loaded page into a file. The browser's messages go to
# $T/browser.err.
dom() {
    width=$1 url=$2 file=$3
    shift 3
    # Chromium has no sandbox for root, so --no-sandbox is needed.
    timeout 120 "$browser" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --hide-scrollbars \
        --user-data-dir="$T/browser" --enable-logging=stderr --virtual-time-budget=3000 --window-size="$width,1000" \
        "$@" --dump-dom "$url" >"$file" 2>"$T/browser.err" </dev/null
}
echo '<!DOCTYPE html><p id="here">yes</p>' >"$T/trial.html"
dom 1280 "file://$T/trial.html" "$T/trial" && grep -q 'id="here"' "$T/trial" ||
    skip_all "Chromium does not start: $(tail -n 1 "$T/browser.err" | cut -c 1-120)"

# --- runs of the endpoint, whose texts have markup, control characters and characters that reorder text ---
now=$(date +%s)
# ms SECONDS_AGO: Print the time so many seconds ago, in ms since 1970; 0 for 0.
ms() {
    echo "$(($1 == 0 ? 0 : now - $1))000"
}
run_json() {
    printf '{"functionName":"%s","progress":%s,"status":"%s","startTime":%s,"endTime":%s,"runId":"%s","generation":"%s","extendInfo":"%s"}\n' "$@"
}
{
    run_json 'ctr<script>document.title=1</script>' 37 running "$(ms 600)" 0 'run<img src=x onerror=document.title=2>' \
        '\"><svg onload=document.title=3>' '{\"auc\":0.7745,\"<i>loss</i>\":0.25}'
    run_json ctr 100 failed "$(ms 4000)" "$(ms 3500)" 'a\u001b[31m\u202ereversed' "' onmouseover='document.title=4" ''
    run_json ctr 100 success "$(ms 9000)" "$(ms 8000)" '</bdi></td></main><!--' '&lt;b&gt;&amp;' ''
    run_json ctr 40 '</title><b>paused' "$(ms 12000)" "$(ms 11000)" 'run-4' '\u6a21\u578b' ''
} >"$T/tasks"
# Two polls fail before one succeeds.
start --plain-http --tasks "$T/tasks" --fault 'refuse=Not.Yet@403:1@1' --fault 'refuse=Forbidden.RAM:1@2'
"$B/osft-reporter" --set http.port=0 --set "defaults.endpoint=127.0.0.1:$port" --set defaults.plain_http=yes \
    --set defaults.interval=1s --set 'instance first.app=<b>app</b>' --set 'instance first.function=ctr' \
    --set 'instance first.instance=ctr_test' 2>"$T/reporter.err" &
reporter_pid=$!
# wait_for FILE PATTERN COMMAND...: Repeat the command until its output, in FILE, has the pattern. Ends the script
# when the reporter has ended.
wait_for() {
    file=$1 pattern=$2
    shift 2
    until "$@" >"$file" 2>/dev/null && grep -q "$pattern" "$file"; do
        kill -0 "$reporter_pid" 2>/dev/null || { echo "Bail out! osft-reporter ended: $(cat "$T/reporter.err")"; exit 1; }
        sleep 0.1
    done
}
wait_for "$T/said" 'the page is at' cat "$T/reporter.err"
url=$(sed -n 's/.*the page is at //p' "$T/reporter.err")
wait_for "$T/page" '1 of 1 instance up' curl -s "$url"

# --- the DOM of the page, at two widths ---
# plain: Remove markup and entities from standard input.
plain() {
    sed -e 's/<[^>]*>//g' -e 's/&lt;/</g' -e 's/&gt;/>/g' -e 's/&nbsp;/ /g' -e 's/&amp;/\&/g'
}
# row TERM: Print the value beside that term.
row() {
    sed -n "s#.*<dt[^>]*>\(<bdi>\)\{0,1\}$1\(</bdi>\)\{0,1\}</dt><dd>\(.*\)</dd></div>.*#\3#p" "$T/dom" | plain
}
# is TERM VALUE: Whether the page shows that value beside the term.
is() {
    [ "$(row "$1")" = "$2" ] || { echo "$1: $(row "$1")" >>"$T/err"; false; }
}
date_of() {
    date -u -d "@$((now - $1))" '+%Y-%m-%d %H:%M:%S UTC'
}
for width in 1280 500; do
    : >"$T/err"
    : >"$T/out"
    dom "$width" "$url" "$T/dom"
    result $? "at a width of $width px the page is shown"
    is Run 'run<img src=x onerror=document.title=2>' && is Generation '"><svg onload=document.title=3>' &&
        is 'Function of the run' 'ctr<script>document.title=1</script>' && is Application '<b>app</b>' &&
        is auc 0.7745 && is '&lt;i&gt;loss&lt;/i&gt;' 0.25
    result $? "... with the newest run's texts and metrics as the endpoint has them"
    case $(row Started) in "$(date_of 600) (1"[0-9]" min"*) true ;; *) row Started >>"$T/err"; false ;; esac
    result $? "... and its date and age"
    grep -q '<rect class="running" width="37" height="8"></rect></svg> <span>37 %</span>' "$T/dom"
    result $? "... and a bar of its progress"
    # The file has run id, generation, status and progress of all runs. Unsafe characters are escaped.
    sed -n '/runs as a table/,/<\/table>/s#^.*<tr><td>\(.*\)</td><td>\(.*\)</td><td>\(.*\)</td><td class="number">\(.*\) %</td>.*#\1|\2|\3|\4#p' \
        "$T/dom" | sed 's#</td><td>.*##' | plain >"$T/shown"
    cat >"$T/expected" <<'END'
run<img src=x onerror=document.title=2>|"><svg onload=document.title=3>|running|37
a\x1b[31m\u{202e}reversed|' onmouseover='document.title=4|failed|100
</bdi></td></main><!--|&lt;b&gt;&amp;|success|100
run-4|模型|</title><b>paused|40
END
    diff "$T/expected" "$T/shown" >"$T/out"
    result $? "... and all runs in the table"
    [ "$(grep -c '<rect class="[a-z]*" x=' "$T/dom")" -eq 5 ] # four bars, and the line through the failed run's bar
    result $? "... and on the timeline"
    sed -n '/Failed polls of first/,/<\/ol>/s#.*<dt>\(.*\)</dt><dd>\(.*\)</dd></div>.*#\1: \2#p' "$T/dom" | plain |
        awk '/^When: / { printf "\n" } { printf "%s|", $0 }' | sed 1d >"$T/failures"
    [ "$(grep -c . "$T/failures")" -eq 2 ] && sed -n 1p "$T/failures" |
        grep -q '|Error: refused, HTTP status 403|Code: Forbidden\.RAM|Request ID: [0-9A-F-]\{36\}|What to do: Give the account the RAM action' &&
        sed -n 2p "$T/failures" | grep -q 'HTTP status 403|Code: Not\.Yet|Request ID: [0-9A-F-]\{36\}|What to do: .'
    result $? "... and both failures with code, request ID and what to do, the newer one first"
    grep -q '<title>1 of 1 instance up - osft-reporter</title>' "$T/dom"
    result $? "... and no text of the service has run as a script"
    ! grep -oiE '<(script|img|iframe|i|b|u)[ >]|<[a-z]+ ([^>]* )?on[a-z]+=' "$T/dom"
    result $? "... or become an element"
    ! grep -iE 'Content.Security.Policy|Refused to|Failed to load' "$T/browser.err"
    result $? "... and the page's own policy refuses nothing that it needs"
done

# --- the layout: a copy of the page with a script of this test, in frames as wide as a phone and a screen ---
cat >"$T/measure.js" <<'END'
addEventListener("load", () => {
    const all = s => [...document.querySelectorAll(s)], faults = [];
    const check = (ok, what) => ok || faults.push(what);
    const name = e => e.tagName + "." + (e.getAttribute("class") || "") + ":" +
        e.textContent.trim().replace(/\s+/g, " ").slice(0, 20);
    const shown = e => e.getClientRects().length > 0 && e.getBoundingClientRect().left > -500;
    const root = document.documentElement, width = innerWidth;
    check(root.scrollWidth <= width, "the page is " + root.scrollWidth + " px wide");
    check(getComputedStyle(document.body).maxWidth !== "none", "the style sheet is not in force");
    for (const e of all("body *")) {
        const box = e.getBoundingClientRect();
        if (shown(e) && !e.closest("details .wide")) /* only the table of runs scrolls by itself */
            check(box.right <= width + 1 && e.scrollWidth <= width, "beyond the edge: " + name(e));
        if (shown(e) && e.children.length === 0 && e.textContent.trim() && !e.closest("svg"))
            check(parseFloat(getComputedStyle(e).fontSize) >= 13, "too small: " + name(e));
        check(!(e.tabIndex > 0), "out of order: " + name(e));
    }
    for (const e of all("nav a, summary, footer a"))
        check(e.getBoundingClientRect().height >= 24, "too low for a finger: " + name(e));
    for (const e of all(".wide"))
        check(e.tabIndex === 0 && e.getAttribute("aria-label"), "cannot be scrolled by keyboard: " + name(e));
    for (const tag of ["header", "nav", "main", "footer", "h1"])
        check(all(tag).length === 1, all(tag).length + " of " + tag);
    let level = 0;
    for (const e of all("h1, h2, h3")) {
        check(+e.tagName[1] <= level + 1, "a heading is skipped before " + name(e));
        level = +e.tagName[1];
    }
    const ids = all("[id]").map(e => e.id);
    check(new Set(ids).size === ids.length, "an id is there twice");
    for (const e of all("a[href^='#']"))
        check(document.getElementById(e.hash.slice(1)), "leads nowhere: " + name(e));
    for (const e of all("[aria-labelledby]"))
        check(document.getElementById(e.getAttribute("aria-labelledby")), "has no name: " + name(e));
    for (const bar of all("svg rect")) {
        const inside = bar.getBoundingClientRect(), around = bar.closest("svg").getBoundingClientRect();
        check(inside.left >= around.left - 1 && inside.right <= around.right + 1 && inside.bottom <= around.bottom + 1 &&
              inside.width >= 1, "a bar lies beyond its drawing");
    }
    check(all(".failures li").length === 2, "the failures are not there");
    check(all(".legend rect[fill='url(#hatch)']").length === 1, "the legend has no running run");
    for (const e of all("th")) check(e.scope === "col", "a head without scope");
    const skip = document.querySelector(".skip");
    skip.focus();
    check(skip === document.activeElement && skip.getBoundingClientRect().left >= 0, "the skip link stays hidden");
    check(all("a[href], summary, .wide")[0] === skip, "the skip link is not the first");
    all("details").forEach(e => { e.open = true; });
    check(root.scrollWidth <= width, "the open table makes the page " + root.scrollWidth + " px wide");
    parent.postMessage(width + ": " + (faults.join("; ") || "no fault"), "*");
});
END
curl -s "${url}style.css" >"$T/style.css"
curl -s "$url" | sed -e 's#href="/style.css"#href="style.css"#' -e 's#</head>#<script src="measure.js"></script></head>#' >"$T/copy.html"
frames() {
    cat >"$T/frames.html" <<END
<!DOCTYPE html><script>addEventListener("message", e => {
    const p = document.createElement("p"); p.className = "told"; p.textContent = e.data; document.body.append(p);
})</script><body>
<iframe src="copy.html" width="360" height="700" style="border:0"></iframe>
<iframe src="copy.html" width="500" height="700" style="border:0"></iframe>
<iframe src="copy.html" width="1280" height="900" style="border:0"></iframe></body>
END
    dom 1400 "file://$T/frames.html" "$T/frames"
    tr '>' '\n' <"$T/frames" | sed -n 's#^\([0-9]*: .*\)</p$#\1#p' | sort -u >"$T/told"
    cp "$T/told" "$T/err"
}
frames
for width in 360 500 1280; do
    grep -qx "$width: no fault" "$T/told"
    result $? "at a width of $width px all fits, is large enough, and can be reached by keyboard"
done
# Check that the script finds two faults of the layout: failures that are wider than the page, and a table that does not
# scroll by itself.
cp "$T/style.css" "$T/right.css"
echo '.failures{min-width:40rem}' >>"$T/style.css"
frames
grep -q '^360: .*beyond the edge: ' "$T/told" && grep -qx '1280: no fault' "$T/told"
result $? "... and failures that were wider than a phone would be found"
cp "$T/right.css" "$T/style.css"
sed -i 's/\.wide{overflow-x:auto}/.wide{overflow-x:visible}/' "$T/style.css"
frames
grep -q '^360: .*px wide' "$T/told"
result $? "... and a table that did not scroll by itself would be found"

# --- pictures ---
timeout 120 "$browser" --headless --no-sandbox --disable-gpu --user-data-dir="$T/browser" --hide-scrollbars \
    --window-size=500,1000 --screenshot="$T/page.png" "$url" >"$T/out" 2>"$T/err" </dev/null
[ "$(head -c 8 "$T/page.png" | od -An -c | tr -d ' \n')" = '211PNG\r\n032\n' ]
result $? "the page can be pictured"
echo "1..$n"
exit $failed
