package settings

import (
	"reflect"
	"strings"
	"time"
	"unicode"

	"github.com/goccy/go-yaml"
)

// Values lists all settings under their names in the file, in the order of the struct.
func (s *Settings) Values() yaml.MapSlice {
	fields := reflect.ValueOf(s).Elem()
	var values yaml.MapSlice
	for i := range fields.NumField() {
		value := fields.Field(i).Interface()
		switch typed := value.(type) {
		case time.Duration:
			value = formatDuration(typed)
		case Size:
			value = typed.String()
		}
		values = append(values, yaml.MapItem{Key: kebab(fields.Type().Field(i).Name), Value: value})
	}
	return values
}

// kebab turns LogLevel into log-level, as kong does.
func kebab(name string) string {
	var out strings.Builder
	for i, r := range name {
		if i > 0 && unicode.IsUpper(r) {
			out.WriteByte('-')
		}
		out.WriteRune(unicode.ToLower(r))
	}
	return out.String()
}
