package sqltx

import (
	"strconv"
	"strings"
)

// chunkRows returns how many rows of width parameters one statement may carry.
func chunkRows(x *Tx, width int) int { return max(1, min(maxRows, x.dialect.MaxParams/width)) }

// tuples returns "($1, $2), ($3, $4)" for 2 rows of 2.
func tuples(rows, width int) string {
	var b strings.Builder
	n := 0
	for r := range rows {
		if r > 0 {
			b.WriteString(", ")
		}
		b.WriteByte('(')
		for c := range width {
			if c > 0 {
				b.WriteString(", ")
			}
			n++
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(n))
		}
		b.WriteByte(')')
	}
	return b.String()
}

// mark returns the n-th placeholder, counted from 1.
func mark(n int) string { return "$" + strconv.Itoa(n) }

// condition collects the parts of a WHERE clause with their arguments.
type condition struct {
	parts []string
	args  []any
}

// and adds a part in which each ? stands for one of args.
func (c *condition) and(part string, args ...any) {
	for _, a := range args {
		c.args = append(c.args, a)
		part = strings.Replace(part, "?", mark(len(c.args)), 1)
	}
	c.parts = append(c.parts, part)
}

// in adds "column IN (…)".
func in[S ~string](c *condition, column string, values []S) {
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(values)), ", ")
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = string(v)
	}
	c.and(column+" IN ("+marks+")", args...)
}

// where returns the clause, "" if it has no part.
func (c *condition) where() string {
	if len(c.parts) == 0 {
		return ""
	}
	return "WHERE " + strings.Join(c.parts, " AND ")
}
