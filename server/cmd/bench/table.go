package main

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// table is printed with its first column to the left and the others to the right.
type table struct {
	title string
	head  []string
	rows  [][]string
	notes []string
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

func (t *table) note(format string, values ...any) {
	t.notes = append(t.notes, fmt.Sprintf(format, values...))
}

func (t *table) print() {
	widths := make([]int, len(t.head))
	lines := slices.Concat([][]string{t.head}, t.rows)
	for _, line := range lines {
		for column, cell := range line {
			widths[column] = max(widths[column], utf8.RuneCountInString(cell))
		}
	}
	fmt.Printf("\n%s\n%s\n", t.title, strings.Repeat("-", utf8.RuneCountInString(t.title)))
	for _, line := range lines {
		fmt.Println(strings.TrimRight(layOut(line, widths), " "))
	}
	for _, note := range t.notes {
		fmt.Println("  " + note)
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
