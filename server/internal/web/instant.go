package web

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"vitals/internal/metric"
)

// lastInstant is the end of the year 9999: what is later is not meant, it is milliseconds where seconds are expected.
const lastInstant = metric.TimestampMs(253402300799999)

var (
	errInstant = errors.New("must be a time: RFC 3339 such as 2030-01-31T12:00:00Z, unix seconds, now, or before now such as -6h")
	errFar     = errors.New("must be between the years 1970 and 9999; a number is unix seconds, not milliseconds")
	errLength  = errors.New("must be a length of time such as 90s, 5m, 6h, 15d, or a number of seconds")
)

// parseInstant reads a time as people and programs write it.
func parseInstant(text string, now time.Time) (metric.TimestampMs, error) {
	switch {
	case text == "now":
		return metric.TimestampOf(now), nil
	case strings.HasPrefix(text, "-"):
		return parseBefore(text[1:], now)
	case strings.HasPrefix(text, "now-"):
		return parseBefore(text[len("now-"):], now)
	case strings.Contains(text, "T"):
		return parseRFC3339(text)
	}
	seconds, err := parsePlainNumber(text)
	if err != nil {
		return 0, errInstant
	}
	return checkInstant(math.Round(seconds * 1000))
}

func parseBefore(text string, now time.Time) (metric.TimestampMs, error) {
	before, err := parseLength(text)
	if err != nil {
		return 0, errInstant
	}
	return max(0, metric.TimestampOf(now.Add(-before))), nil
}

// parseRFC3339 takes a blank for a plus: that is what an unescaped one has become on its way.
func parseRFC3339(text string) (metric.TimestampMs, error) {
	at, err := time.Parse(time.RFC3339Nano, strings.Replace(text, " ", "+", 1))
	if err != nil {
		return 0, errInstant
	}
	return checkInstant(float64(at.UnixMilli()))
}

func checkInstant(ms float64) (metric.TimestampMs, error) {
	if !(ms >= 0) || ms > float64(lastInstant) {
		return 0, errFar
	}
	return metric.TimestampMs(ms), nil
}

// longestLength is more than anybody keeps; it bounds what is added and subtracted.
const longestLength = 100 * 365 * 24 * time.Hour

// parseLength reads a length of time: seconds, or what time.ParseDuration takes, or days or weeks. It is not negative.
func parseLength(text string) (time.Duration, error) {
	unit, digits := time.Second, text
	switch {
	case strings.HasSuffix(text, "d"):
		unit, digits = 24*time.Hour, text[:len(text)-1]
	case strings.HasSuffix(text, "w"):
		unit, digits = 7*24*time.Hour, text[:len(text)-1]
	}
	if number, err := parsePlainNumber(digits); err == nil {
		length := number * float64(unit)
		if !(length >= 0) || length > float64(longestLength) {
			return 0, errLength
		}
		return time.Duration(math.Round(length)), nil
	}
	length, err := time.ParseDuration(text)
	if err != nil || length < 0 || length > longestLength || strings.HasPrefix(text, "+") {
		return 0, errLength
	}
	return length, nil
}

// parsePlainNumber reads digits with a point at most: exponents, signs, NaN, and what else Go takes for a number, are not meant.
func parsePlainNumber(text string) (float64, error) {
	if strings.Trim(text, "0123456789.") != "" {
		return 0, strconv.ErrSyntax
	}
	return strconv.ParseFloat(text, 64)
}
