# SPDX-License-Identifier: Apache-2.0
# Turns the lines of a terminal into an SVG, which follows the browser's choice of light or dark, and has commands and
# comments in colours of their own. Lines longer than `columns` are wrapped, as on a terminal. Bytes that are not
# printable ASCII become question marks.
# usage: awk -v columns=100 -v title=TEXT -f terminal_picture.awk
function escape(text) {
    gsub(/&/, "\\&amp;", text)
    gsub(/</, "\\&lt;", text)
    gsub(/>/, "\\&gt;", text)
    return text
}
function kind(line) {
    return line ~ /^\$ / ? "command" : line ~ /^# / ? "comment" : ""
}
function add(text, class) {
    count++
    texts[count] = text
    classes[count] = class
}
{
    gsub(/[^ -~]/, "?")
    class = kind($0)
    rest = $0
    do {
        add(substr(rest, 1, columns), class)
        rest = substr(rest, columns + 1)
    } while (rest != "")
}
END {
    # In common monospaced fonts a column is 0.6 of the font size wide; textLength forces other fonts to that.
    column = 7.8
    line = 18
    margin = 14
    width = int(columns * column + 2 * margin)
    height = count * line + 2 * margin
    print "<!-- SPDX-License-Identifier: Apache-2.0 -->"
    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\"\n", width, height
    printf "    viewBox=\"0 0 %d %d\" role=\"img\" aria-labelledby=\"title\">\n", width, height
    printf "<title id=\"title\">%s</title>\n", escape(title)
    print "<style>"
    print "rect { fill: #f6f8fa; stroke: #d0d7de }"
    print "text { font: 13px ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace; fill: #1f2328;"
    print "    white-space: pre }"
    print ".command { fill: #0550ae; font-weight: bold }"
    print ".comment { fill: #57606a }"
    print "@media (prefers-color-scheme: dark) {"
    print "    rect { fill: #0d1117; stroke: #30363d }"
    print "    text { fill: #e6edf3 }"
    print "    .command { fill: #79c0ff }"
    print "    .comment { fill: #9198a1 }"
    print "}"
    print "</style>"
    printf "<rect x=\"0.5\" y=\"0.5\" width=\"%d\" height=\"%d\" rx=\"6\"/>\n", width - 1, height - 1
    for (i = 1; i <= count; i++) {
        if (texts[i] == "") {
            continue
        }
        printf "<text x=\"%d\" y=\"%d\"", margin, margin + i * line - 5
        printf "%s", classes[i] == "" ? "" : " class=\"" classes[i] "\""
        printf " textLength=\"%.1f\" lengthAdjust=\"spacingAndGlyphs\"", length(texts[i]) * column
        printf " xml:space=\"preserve\"\n>%s</text>\n", escape(texts[i])
    }
    print "</svg>"
}
