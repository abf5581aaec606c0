package settings

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"
)

const (
	day  = 24 * time.Hour
	week = 7 * day
)

// longUnits are the units that time.ParseDuration does not know; a day has 24 hours.
var longUnits = []struct {
	sign string
	unit time.Duration
}{{"w", week}, {"d", day}}

// DurationMapper reads durations for kong, with days and weeks, and says how to write one where kong's own would only say
// what went wrong.
func DurationMapper() kong.Mapper {
	return kong.MapperFunc(func(ctx *kong.DecodeContext, target reflect.Value) error {
		var text string
		if err := ctx.Scan.PopValueInto("duration", &text); err != nil {
			return err
		}
		duration, valid := parseDuration(text)
		if !valid {
			return fmt.Errorf("%q is not allowed; allowed is a time with its unit, such as 500ms, 1s, 5m or 15d", text)
		}
		target.SetInt(int64(duration))
		return nil
	})
}

// parseDuration reads what time.ParseDuration does, and whole weeks and days before that, such as 15d or 1w2d12h.
func parseDuration(text string) (duration time.Duration, valid bool) {
	rest := text
	for _, long := range longUnits {
		digits, behind, found := strings.Cut(rest, long.sign)
		if !found {
			continue
		}
		count, err := strconv.ParseUint(digits, 10, 16) // more makes no sense
		if err != nil || time.Duration(count) > (1<<63-1)/long.unit/2 {
			return 0, false
		}
		duration, rest = duration+time.Duration(count)*long.unit, behind
	}
	if rest == "" {
		return duration, text != ""
	}
	short, err := time.ParseDuration(rest)
	if err != nil || duration > 0 && short < 0 {
		return 0, false
	}
	return duration + short, duration+short >= duration || duration == 0
}

// formatDuration writes whole days as such, so that what is printed is as it would be written.
func formatDuration(duration time.Duration) string {
	if duration >= day && duration%day == 0 {
		return fmt.Sprint(int64(duration/day), "d")
	}
	return duration.String()
}
