package client

import (
	"strings"
	"unicode"
)

// Printable makes foreign text fit for a terminal and for one line: control characters, and those that change the direction
// of text or cannot be seen, become the replacement character.
func Printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, text)
}
