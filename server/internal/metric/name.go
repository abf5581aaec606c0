package metric

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of a series name, in bytes.
const (
	MaxNameBytes   = 200
	MaxFamilyBytes = 100
)

// Label is one key and value between the braces of a name.
type Label struct {
	Key   string
	Value string
}

// Name is a series name taken apart: family, or family{key=value,...} with the keys sorted.
type Name struct {
	Family string
	Labels []Label
}

// NewName puts a name together from a family and pairs of key and value, and checks it as [ParseName] does.
// It panics on an odd number of pairs, which is a mistake of the programmer.
func NewName(family string, pairs ...string) (Name, error) {
	if len(pairs)%2 != 0 {
		panic("metric: NewName wants pairs of key and value")
	}
	name := Name{Family: family}
	for i := 0; i < len(pairs); i += 2 {
		name.Labels = append(name.Labels, Label{Key: pairs[i], Value: pairs[i+1]})
	}
	slices.SortFunc(name.Labels, func(a, b Label) int { return strings.Compare(a.Key, b.Key) })
	return name, name.check()
}

// ParseName reads a series name. The error says what is wrong and what is allowed.
func ParseName(text string) (Name, error) {
	family, rest, labelled := strings.Cut(text, "{")
	name := Name{Family: family}
	if labelled {
		labels, err := parseLabels(rest)
		if err != nil {
			return Name{}, fmt.Errorf("metric name: %w", err)
		}
		name.Labels = labels
	}
	if err := name.check(); err != nil {
		return Name{}, err
	}
	return name, nil
}

// String is the one canonical form of the name; [ParseName] reads it back.
func (n Name) String() string {
	if len(n.Labels) == 0 {
		return n.Family
	}
	var text strings.Builder
	text.WriteString(n.Family)
	separator := byte('{')
	for _, label := range n.Labels {
		text.WriteByte(separator)
		text.WriteString(label.Key)
		text.WriteByte('=')
		text.WriteString(escapeValue(label.Value))
		separator = ','
	}
	text.WriteByte('}')
	return text.String()
}

// parseLabels reads `key=value,...}` to the end of the text.
func parseLabels(text string) ([]Label, error) {
	var labels []Label
	for {
		key, rest, found := strings.Cut(text, "=")
		if !found {
			return nil, errors.New("labels are written {key=value,...}")
		}
		value, end, rest, err := parseValue(rest)
		if err != nil {
			return nil, err
		}
		labels = append(labels, Label{Key: key, Value: value})
		if end == '}' {
			if rest != "" {
				return nil, errors.New("nothing may follow the closing brace")
			}
			return labels, nil
		}
		text = rest
	}
}

// parseValue reads one label value up to the comma or brace that ends it.
func parseValue(text string) (value string, end byte, rest string, err error) {
	var out []byte
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case ',', '}':
			return string(out), text[i], text[i+1:], nil
		case '\\':
			i++
			if i == len(text) || !strings.ContainsRune(`,}\`, rune(text[i])) {
				return "", 0, "", errors.New(`a backslash stands only before , } or \`)
			}
			out = append(out, text[i])
		default:
			out = append(out, text[i])
		}
	}
	return "", 0, "", errors.New("the closing brace is missing")
}

func escapeValue(value string) string {
	if !strings.ContainsAny(value, `,}\`) {
		return value
	}
	return strings.NewReplacer(`\`, `\\`, `,`, `\,`, `}`, `\}`).Replace(value)
}

func (n Name) check() error {
	if err := checkWord("family", n.Family, MaxFamilyBytes, true); err != nil {
		return err
	}
	for i, label := range n.Labels {
		if err := checkWord("label key", label.Key, MaxFamilyBytes, false); err != nil {
			return err
		}
		if i > 0 && n.Labels[i-1].Key >= label.Key {
			return fmt.Errorf("metric name: label keys must be sorted and different, %q is not", label.Key)
		}
		if err := checkValue(label); err != nil {
			return err
		}
	}
	if size := len(n.String()); size > MaxNameBytes {
		return fmt.Errorf("metric name: %d bytes, at most %d are allowed", size, MaxNameBytes)
	}
	return nil
}

// checkWord holds a family or a label key to letters, digits and underscores (dots too in a family).
func checkWord(what, word string, maxBytes int, dots bool) error {
	if word == "" || len(word) > maxBytes {
		return fmt.Errorf("metric name: the %s must have 1 to %d characters, has %d", what, maxBytes, len(word))
	}
	for i := range len(word) {
		c := word[i]
		letter := c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (i == 0 || !(c >= '0' && c <= '9' || dots && c == '.')) {
			return fmt.Errorf("metric name: %s %.40q has a character that is not allowed at byte %d", what, word, i)
		}
	}
	return nil
}

// checkValue refuses what could change how the name is read or shown: control, format (bidi, zero width), invisible and
// invalid runes, and the sign that decoders put for text that they could not read: two names that differ there would be one.
func checkValue(label Label) error {
	if label.Value == "" {
		return fmt.Errorf("metric name: label %s is empty", label.Key)
	}
	if !utf8.ValidString(label.Value) {
		return fmt.Errorf("metric name: label %s is not valid UTF-8", label.Key)
	}
	for _, r := range label.Value {
		if !unicode.IsPrint(r) || isInvisible(r) || r == utf8.RuneError {
			return fmt.Errorf("metric name: label %s holds the unprintable character %U", label.Key, r)
		}
	}
	return nil
}
