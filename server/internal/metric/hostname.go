package metric

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// MaxHostBytes is the longest host name.
const MaxHostBytes = 253

// CheckHostName refuses a host name that could be read as another one or break what shows it. Letters, marks and digits of
// any script and . _ - : are allowed, in Unicode's composed form (NFC), 1 to 253 bytes; neither . nor .. alone, which are no
// names of files. The error says what is wrong.
func CheckHostName(name string) error {
	if name == "" || len(name) > MaxHostBytes {
		return fmt.Errorf("host name: must have 1 to %d bytes, has %d", MaxHostBytes, len(name))
	}
	if name == "." || name == ".." {
		return errors.New("host name: must have more than dots")
	}
	if !utf8.ValidString(name) {
		return errors.New("host name: is not valid UTF-8")
	}
	for at, r := range name {
		if !isHostRune(r) || at == 0 && unicode.IsMark(r) {
			return fmt.Errorf("host name: letters, digits and . _ - : are allowed, %U at byte %d is not", r, at)
		}
	}
	if !norm.NFC.IsNormalString(name) {
		return errors.New("host name: is not in composed form; write it in Unicode NFC")
	}
	return nil
}

// CleanHostName makes a name that [CheckHostName] takes from what a machine calls itself. What is not allowed becomes a
// hyphen; a name of which nothing is left becomes host.
func CleanHostName(name string) string {
	cleaned := strings.Map(func(r rune) rune {
		if !isHostRune(r) {
			return '-'
		}
		return r
	}, norm.NFC.String(strings.ToValidUTF8(strings.TrimSpace(name), "-")))
	cleaned = strings.TrimLeftFunc(cleaned, unicode.IsMark)
	for len(cleaned) > MaxHostBytes {
		_, size := utf8.DecodeLastRuneInString(cleaned)
		cleaned = cleaned[:len(cleaned)-size]
	}
	if cleaned = norm.NFC.String(cleaned); CheckHostName(cleaned) != nil {
		return "host"
	}
	return cleaned
}

func isHostRune(r rune) bool {
	known := unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) || strings.ContainsRune("._-:", r)
	return known && !isInvisible(r) && !unicode.Is(unicode.Variation_Selector, r)
}

// isInvisible reports letters and marks that nothing is drawn for, such as the Hangul filler.
func isInvisible(r rune) bool { return unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) }
