# SPDX-License-Identifier: Apache-2.0
# Writes the manual page osft(3) from public headers: each declaration with the comment before it. Declarations and
# members under a comment that begins with "private" are left out. The headers have the layout that make lint requires:
# a comment about the whole header, and then comments, each followed by the declarations that it describes.
# usage: awk -v version=VERSION -v date='MONTH DAY, YEAR' -f tests/tools/manual.awk HEADER...

function out(row) {
    page = page row "\n"
}
function quoted(code) {
    gsub(/"/, "\\(dq", code)
    return "\"" code "\""
}

# --- comments: about[1..abouts] is the comment that was read last ---

# read_comment I: read the comment that begins in rows[I]. Returns the number of its last row.
function read_comment(i,    part, has_ended) {
    abouts = 0
    part = rows[i]
    sub(/.*\/\* ?/, "", part)
    for (;;) {
        has_ended = sub(/ *\*\/.*$/, "", part)
        if (abouts) sub(/^ *\* ?/, "", part)
        about[++abouts] = part
        if (has_ended || i == rows_count) break
        part = rows[++i]
    }
    while (abouts && about[abouts] == "") abouts--
    return i
}
# paragraph: write the text in part, each sentence on a line of its own. Names of functions become macros.
function paragraph(    i, n, word, line, name) {
    gsub(/\\/, "\\e", part)
    n = split(part, word, " ")
    part = line = ""
    for (i = 1; i <= n; i++) {
        if (word[i] ~ /^osft_[a-z_0-9]+\(\)[.,;:)]*$/) {
            if (line != "") out(line)
            line = ""
            name = word[i]
            sub(/\(\).*/, "", name)
            word[i] = substr(word[i], length(name) + 3)
            gsub(/./, " &", word[i])
            out(".Fn " name word[i])
            continue
        }
        gsub(/\(\)/, "\\\\\\&()", word[i])
        if (line != "" && length(line) + length(word[i]) > 75) {
            out(line)
            line = ""
        }
        if (line == "" && word[i] ~ /^[.']/) word[i] = "\\&" word[i]
        line = line (line == "" ? "" : " ") word[i]
        if (word[i] ~ /[.!?]\)?$/ && word[i] !~ /^([0-9]+|\.\.)\.$/) {
            out(line)
            line = ""
        }
    }
    if (line != "") out(line)
}
# label_length I: return the length of the "label:" at the beginning of about[I], with the spaces behind the label; 0:
# there is no label. A label begins the comment's second sentence at the earliest.
function label_length(i) {
    if (i == 1 || about[i - 1] ~ /^[^ ].*[^.:)]$/ && !in_labels) return 0
    return match(about[i], /^[a-z][a-z_]*( [a-z]+)?: +/) ? RLENGTH : 0
}
# write_about: write the comment: paragraphs; examples, which are indented; and paragraphs with labels.
function write_about(    i) {
    part = ""
    in_labels = 0
    for (i = 1; i <= abouts; i++) {
        if (in_labels && about[i] !~ /^ / && !label_length(i)) {
            paragraph()
            out(".El")
            in_labels = 0
        }
        if (label_length(i)) {
            paragraph()
            if (!in_labels) out(".Bl -tag -width Ds -compact")
            in_labels = 1
            out(".It " substr(about[i], 1, index(about[i], ":")))
            part = substr(about[i], label_length(i) + 1)
        } else if (about[i] == "") {
            paragraph()
            if (about[i + 1] !~ /^    / && !label_length(i + 1)) out(".Pp")
        } else if (!in_labels && about[i] ~ /^    /) {
            paragraph()
            out(".Bd -literal -offset indent")
            for (; about[i] ~ /^    / && i <= abouts; i++) {
                gsub(/\\/, "\\e", about[i])
                about[i] = substr(about[i], 5)
                sub(/^[.']/, "\\\\\\&&", about[i])
                out(about[i])
            }
            out(".Ed")
            i--
        } else {
            if (about[i] ~ /^ +- /) {
                paragraph()
                out(".Pp")
            }
            part = part " " about[i]
        }
    }
    paragraph()
    if (in_labels) out(".El")
    abouts = 0
}

# --- structs and enums ---

# read_member I: read the member that begins in rows[I] into code, and the comment behind it, if there is one, into
# about. Returns the number of its last row.
function read_member(i) {
    code = rows[i]
    while (code !~ (is_enum ? ", *$|/\\*" : "; *$|/\\*") && rows[i + 1] !~ /^}/) code = code " " rows[++i]
    if (code ~ /\/\*/) {
        rows[i] = substr(rows[i], index(rows[i], "/*"))
        i = read_comment(i)
        sub(/ *\/\*.*/, "", code)
    }
    sub(/^ +/, "", code)
    sub(/[;,] *$/, "", code)
    gsub(/  +/, " ", code)
    return i
}
# write_heading: write the comment that was read, which describes the members that follow it.
function write_heading() {
    if (in_members) out(".El")
    in_members = 0
    out(".Pp")
    write_about()
}
# write_members I: write the members that begin in rows[I], up to the closing brace. Returns the number of the row with
# that brace.
function write_members(i,    is_private) {
    in_members = abouts = is_private = 0
    for (; rows[i] !~ /^}/; i++) {
        if (rows[i] ~ /^ *\/\* private/) is_private = 1
        if (rows[i] ~ /^ *$|^ *\/\* public \*\/$/) is_private = 0
        if (is_private || rows[i] ~ /^ *$|^#|^ *\/\* public \*\/$/) continue
        if (rows[i] ~ /^ *\/\*/) {
            if (abouts) write_heading()
            i = read_comment(i)
            continue
        }
        if (abouts && rows[i] ~ /\/\*/ && rows[i] !~ /\/\* private/) write_heading()
        i = read_member(i)
        if (about[1] ~ /^private/) abouts = 0
        else {
            if (!in_members) out(".Bl -tag -width Ds -compact")
            in_members = 1
            out(".It Li " quoted(code))
            write_about()
        }
    }
    if (in_members) out(".El")
    return i
}

# --- declarations ---

# write_prototype CODE: add the declaration of a function, or of a function's type, to the synopsis.
function write_prototype(code,    name, type, arguments, argument, i, c, depth) {
    type = substr(code, 1, index(code, "(") - 1)
    arguments = substr(code, index(code, "(") + 1)
    sub(/\);.*/, "", arguments)
    name = type
    sub(/.*[ *]/, "", name)
    type = substr(type, 1, length(type) - length(name))
    sub(/ $/, "", type)
    if (header != synopsis_header) synopsis = synopsis ".In " header "\n"
    synopsis_header = header
    synopsis = synopsis ".Ft " quoted(type) "\n.Fo " name "\n"
    arguments = arguments ","
    for (i = 1; i <= length(arguments); i++) {
        c = substr(arguments, i, 1)
        depth += (c == "(") - (c == ")")
        if (c == "," && depth == 0) {
            synopsis = synopsis ".Fa " quoted(argument) "\n"
            argument = ""
        } else if (c != " " || argument != "") argument = argument c
    }
    synopsis = synopsis ".Fc\n"
    return name
}
# item TAG: begin an entry of the header's list.
function item(tag) {
    if (!in_items) out(".Bl -tag -width Ds")
    in_items = 1
    out(".It " tag)
}
# finish_declaration I TAG: write the entry of the declaration that ended in rows[I]. Declarations that follow each
# other without a blank line share a comment, and become one entry.
function finish_declaration(i, tag) {
    tags = tags (tags == "" ? "" : " , ") tag
    if (rows[i + 1] ~ /^[a-z].*\(|^#define OSFT_/) return
    item(tags)
    tags = ""
    write_about()
}
# read_declaration I: write the declaration that begins in rows[I]. Returns the number of its last row.
function read_declaration(i,    code, tag) {
    code = rows[i]
    if (code ~ /^#(if |include)/) abouts = 0
    if (code ~ /^#/) {
        while (rows[i] ~ /\\$/) i++
        if (abouts && code ~ /^#define OSFT_/ && code !~ /^#define OSFT_(PASTE|EXPAND|STATIC_ASSERT|WITH_LIMITS)/) {
            sub(/ *(\\$|\/\*.*)/, "", code)
            sub(/^#define /, "", code)
            if (code ~ /^[A-Z_]*\(/) sub(/\).*/, ")", code)
            sub(/ +/, " ", code)
            finish_declaration(i, "Li " quoted(code))
        }
        return i
    }
    if (code ~ /^(struct|enum)[^(;]*\{$/) {
        is_enum = code ~ /^enum/
        sub(/ \{$/, "", code)
        item("Li " quoted(code))
        write_about()
        return write_members(i + 1)
    }
    if (code ~ /^static inline/) {
        while (rows[i] !~ /^}/) i++
        code = code ";"
    }
    while (code !~ /;/) code = code " " rows[++i]
    gsub(/  +/, " ", code)
    if (code ~ /\(/) tag = "Fn " write_prototype(code)
    else if (code !~ /^struct [a-z_]*;$/) {
        sub(/;.*/, "", code)
        tag = "Li " quoted(code)
    } else return i
    finish_declaration(i, tag)
    return i
}
# read_header FILE: write all that a header declares.
function read_header(file,    i, is_private, is_first) {
    split("", rows)
    rows_count = 0
    while ((getline row <file) > 0) rows[++rows_count] = row
    close(file)
    header = file
    sub(/.*\//, "", header)
    out(".Ss " header)
    in_items = abouts = 0
    is_first = 1
    for (i = 2; i <= rows_count; i++) {
        if (rows[i] ~ /^\/\*/) {
            is_private = rows[i] ~ /^\/\* private/
            i = read_comment(i)
            if (is_first) write_about()
            is_first = 0
        } else if (rows[i] == "") {
            is_private = abouts = 0
        } else if (rows[i] ~ /^OSFT_STATIC_ASSERT/) {
            while (rows[i] !~ /;$/) i++
        } else if (rows[i] ~ /^(extern "C"|}$)/) {
            continue
        } else if (!is_private) {
            i = read_declaration(i)
        } else if (rows[i] ~ /\{$/) {
            while (rows[i] !~ /^}/) i++
        }
    }
    if (in_items) out(".El")
}

BEGIN {
    for (k = 1; k < ARGC; k++) read_header(ARGV[k])
    print ".\\\" SPDX-License-Identifier: Apache-2.0"
    print ".\\\" make manual makes this page from the headers."
    print ".Dd " date
    print ".Dt OSFT 3"
    print ".Os"
    print ".Sh NAME"
    print ".Nm osft"
    print ".Nd list and watch training tasks of an Alibaba Cloud OpenSearch function"
    print ".Sh SYNOPSIS"
    printf "%s", synopsis
    print ".Sh DESCRIPTION"
    print "These are the headers of version " version ", one after the other."
    print "A program includes those that it uses."
    print "The name under which pkg-config knows the library is osft."
    print "The manual page of the command is osft(1)."
    printf "%s", page
}
