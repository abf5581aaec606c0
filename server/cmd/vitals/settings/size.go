package settings

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Size is a number of bytes. It is written with a unit, such as 1GiB, 500MB or 1.5T; no unit means bytes, and a unit without
// B is a binary one.
type Size int64

var binaryUnits = []string{"", "Ki", "Mi", "Gi", "Ti", "Pi"}

// UnmarshalText implements [encoding.TextUnmarshaler].
func (s *Size) UnmarshalText(text []byte) error {
	word := strings.TrimSpace(string(text))
	unitAt := strings.IndexFunc(word, func(r rune) bool { return !(r >= '0' && r <= '9' || r == '.') })
	unit := ""
	if unitAt >= 0 {
		word, unit = word[:unitAt], strings.TrimSpace(word[unitAt:])
	}
	number, err := strconv.ParseFloat(word, 64)
	factor, known := unitBytes(unit)
	bytes := number * factor
	if err != nil || !known || bytes >= math.MaxInt64 {
		return fmt.Errorf("%q is not allowed; allowed is a size with its unit, such as 500MiB or 1GiB", text)
	}
	*s = Size(bytes)
	return nil
}

// unitBytes is how many bytes a unit has, in upper or lower case: KiB, K and k are 1024, KB is 1000.
func unitBytes(unit string) (bytes float64, known bool) {
	unit = strings.ToUpper(unit)
	if unit == "B" {
		return 1, true
	}
	for power, binary := range binaryUnits {
		binary = strings.ToUpper(binary)
		switch unit {
		case binary, binary + "B", strings.TrimSuffix(binary, "I"):
			return math.Pow(1024, float64(power)), true
		case strings.TrimSuffix(binary, "I") + "B":
			return math.Pow(1000, float64(power)), true
		}
	}
	return 0, false
}

// String writes the size in the largest unit that leaves it whole.
func (s Size) String() string {
	power := 0
	for s != 0 && s%1024 == 0 && power+1 < len(binaryUnits) {
		s, power = s/1024, power+1
	}
	return fmt.Sprint(int64(s), binaryUnits[power], "B")
}

// MarshalText implements [encoding.TextMarshaler].
func (s Size) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
