package metric

import "fmt"

// MaxGlobBytes is the longest glob that [ParseGlob] takes.
const MaxGlobBytes = MaxNameBytes

// Glob matches series names: a star stands for any run of characters, dots and braces included; all else is literal.
type Glob string

// ParseGlob checks a glob that came from outside.
func ParseGlob(text string) (Glob, error) {
	if text == "" || len(text) > MaxGlobBytes {
		return "", fmt.Errorf("glob must have 1 to %d bytes, has %d", MaxGlobBytes, len(text))
	}
	return Glob(text), nil
}

// Match reports whether the whole name fits. It takes at most len(glob) x len(name) steps, whatever the glob.
func (g Glob) Match(name string) bool {
	pattern, at, star, mark := string(g), 0, -1, 0
	position := 0
	for position < len(name) {
		switch {
		case at < len(pattern) && pattern[at] == '*':
			star, mark = at, position
			at++
		case at < len(pattern) && pattern[at] == name[position]:
			at++
			position++
		case star >= 0:
			mark++
			at, position = star+1, mark
		default:
			return false
		}
	}
	for at < len(pattern) && pattern[at] == '*' {
		at++
	}
	return at == len(pattern)
}

// SplitGlobs splits a list such as cpu,network.*,disk.device.read{device=a,b} at the commas outside braces. As in names, a
// backslash inside braces stands before what has no meaning of its own.
func SplitGlobs(list string) []string {
	var globs []string
	start, inBraces := 0, false
	for i := 0; i < len(list); i++ {
		switch list[i] {
		case '\\':
			if inBraces {
				i++
			}
		case '{':
			inBraces = true
		case '}':
			inBraces = false
		case ',':
			if !inBraces {
				globs = append(globs, list[start:i])
				start = i + 1
			}
		}
	}
	return append(globs, list[start:])
}
