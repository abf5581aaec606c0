package settings

import (
	"fmt"
	"reflect"
	"time"

	"github.com/alecthomas/kong"
)

// DurationMapper reads durations for kong, and says how to write one where its own would only say what went wrong.
func DurationMapper() kong.Mapper {
	return kong.MapperFunc(func(ctx *kong.DecodeContext, target reflect.Value) error {
		var text string
		if err := ctx.Scan.PopValueInto("duration", &text); err != nil {
			return err
		}
		duration, err := time.ParseDuration(text)
		if err != nil {
			return fmt.Errorf("%q is not allowed; allowed is a time with its unit, such as 500ms, 1s or 5m", text)
		}
		target.SetInt(int64(duration))
		return nil
	})
}
