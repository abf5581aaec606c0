package bench

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// Table is printed with its first column to the left and the others to the right.
type Table struct {
	Title string
	Head  []string
	rows  [][]string
	notes []string
}

// Add adds a row.
func (t *Table) Add(cells ...string) { t.rows = append(t.rows, cells) }

// Note adds a line below the table.
func (t *Table) Note(format string, values ...any) {
	t.notes = append(t.notes, fmt.Sprintf(format, values...))
}

// Print writes the table.
func (t *Table) Print(out io.Writer) {
	widths := make([]int, len(t.Head))
	lines := slices.Concat([][]string{t.Head}, t.rows)
	for _, line := range lines {
		for column, cell := range line {
			widths[column] = max(widths[column], utf8.RuneCountInString(cell))
		}
	}
	fmt.Fprintf(out, "\n%s\n%s\n", t.Title, strings.Repeat("-", utf8.RuneCountInString(t.Title)))
	for _, line := range lines {
		fmt.Fprintln(out, strings.TrimRight(layOut(line, widths), " "))
	}
	for _, note := range t.notes {
		fmt.Fprintln(out, "  "+note)
	}
}

func layOut(line []string, widths []int) string {
	var text strings.Builder
	for column, cell := range line {
		padding := strings.Repeat(" ", widths[column]-utf8.RuneCountInString(cell))
		if column == 0 {
			text.WriteString("  " + cell + padding)
		} else {
			text.WriteString("   " + padding + cell)
		}
	}
	return text.String()
}
