package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"vitals/internal/metric"
)

// formatValue gives a value and its unit as the app shows them: percent with one decimal, bytes in powers of 1,024, rates in
// powers of 1,000 a second.
func formatValue(value float64, unit metric.Unit) (number, suffix string) {
	switch unit {
	case metric.Percent:
		return fixed(value, 1), "%"
	case metric.Bytes:
		return scaled(value, 1024, []string{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}, "")
	case metric.BytesPerSecond:
		return scaled(value, 1000, []string{"B", "kB", "MB", "GB", "TB", "PB", "EB"}, "/s")
	case metric.PerSecond:
		return scaled(value, 1000, []string{"", "k", "M", "G", "T"}, "/s")
	case metric.Celsius:
		return fixed(value, 0), "°C"
	case metric.Seconds:
		return formatSeconds(value)
	case metric.Count:
		return grouped(value), ""
	case metric.Boolean:
		if value == 0 {
			return "no", ""
		}
		return "yes", ""
	}
	return fixed(value, 2), string(unit)
}

// scaled compares with the rounded number: 1,023.9 MiB reads 1.0 GiB, never 1024 MiB.
func scaled(value, base float64, prefixes []string, per string) (number, suffix string) {
	index := 0
	for math.Abs(rounded(value)) >= base && index < len(prefixes)-1 {
		value /= base
		index++
	}
	const fine = 4 // from TiB and TB on, two decimals
	suffix = prefixes[index] + per
	switch {
	case index == 0 && value == math.Trunc(value):
		return strconv.FormatFloat(value, 'f', -1, 64), suffix
	case index == 0:
		return fixed(value, 1), suffix
	case index >= fine && math.Abs(value) < 9.995:
		return fixed(value, 2), suffix
	}
	return threeDigits(value), suffix
}

func rounded(value float64) float64 {
	number, _ := strconv.ParseFloat(threeDigits(value), 64)
	return number
}

// threeDigits has at most one decimal, none from 100 up: the width stays steady while the value moves.
func threeDigits(value float64) string {
	if math.Abs(value) < 99.95 {
		return fixed(value, 1)
	}
	return fixed(value, 0)
}

// fixed rounds halves away from zero, as browsers do, where strconv rounds them to even. There is no "-0.0".
func fixed(value float64, decimals int) string {
	scale := math.Pow10(decimals)
	size := math.Abs(value)
	if whole := size * scale; whole-math.Floor(whole) == 0.5 && math.FMA(size, scale, -whole) == 0 {
		size = (math.Floor(whole) + 1) / scale
	}
	text := strconv.FormatFloat(size, 'f', decimals, 64)
	if value < 0 && strings.Trim(text, "0.") != "" {
		return "-" + text
	}
	return text
}

// grouped has narrow spaces between the thousands.
func grouped(value float64) string {
	text := fixed(value, 1)
	if value == math.Trunc(value) {
		text = strconv.FormatFloat(value, 'f', -1, 64)
	}
	whole, decimals, hasDecimals := strings.Cut(text, ".")
	digits := strings.TrimPrefix(whole, "-")
	var groups strings.Builder
	groups.WriteString(whole[:len(whole)-len(digits)])
	for i := range len(digits) {
		if i > 0 && (len(digits)-i)%3 == 0 {
			groups.WriteRune('\u202f')
		}
		groups.WriteByte(digits[i])
	}
	if hasDecimals {
		return groups.String() + "." + decimals
	}
	return groups.String()
}

func formatSeconds(seconds float64) (number, suffix string) {
	switch size := math.Abs(seconds); {
	case seconds >= 60:
		return formatDuration(seconds), ""
	case size < 1e-3:
		return threeDigits(seconds / 1e-6), "µs"
	case size < 1:
		return threeDigits(seconds / 1e-3), "ms"
	}
	return threeDigits(seconds), "s"
}

// formatDuration is a length of time of at least a minute in its two largest units: 12 d 4 h, 3 h 12 min.
func formatDuration(seconds float64) string {
	const minute, hour, day = 60, 3600, 86400
	whole := int64(math.Min(seconds, 1e15))
	two := func(large, small int64, largeName, smallName string) string {
		text := fmt.Sprintf("%d %s", whole/large, largeName)
		if rest := whole % large / small; rest > 0 {
			text += fmt.Sprintf(" %d %s", rest, smallName)
		}
		return text
	}
	switch {
	case whole >= day:
		return two(day, hour, "d", "h")
	case whole >= hour:
		return two(hour, minute, "h", "min")
	}
	return two(minute, 1, "min", "s")
}
