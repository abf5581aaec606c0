package ingest

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"vitals/internal/hub"
	"vitals/internal/wire"
)

// The codes of refused events.
const (
	codeMalformed     = "malformed"       // not an event at all
	codeBadMetric     = "bad_metric"      // the name breaks the grammar
	codeBadValue      = "bad_value"       // no number
	codeNotFinite     = "not_finite"      // a number that none can be computed with
	codeBadTimestamp  = "bad_timestamp"   // no time
	codeTooOld        = "too_old"         // before the window
	codeTooNew        = "too_new"         // after the window
	codeBadHost       = "bad_host"        // no host name
	codeBadUnit       = "bad_unit"        //
	codeBadHelp       = "bad_help"        //
	codeReserved      = "reserved"        // measured by the server itself
	codeTooManySeries = "too_many_series" // of the host or in all; known ones go on
	codeTooManyHosts  = "too_many_hosts"  // known ones go on

	codeStorageFull        = "storage_full"        // the event is good, and there is no space to keep it
	codeHistoryUnavailable = "history_unavailable" // the event is good, and cannot be kept at the moment
)

// fault is why one event is refused.
type fault struct {
	code    string
	field   string
	message string
}

func badTime(code, message string) *fault {
	return &fault{code: code, field: "timestamp", message: message}
}

func (f *fault) at(index int) wire.Rejection {
	return wire.Rejection{Index: index, Field: f.field, Code: f.code, Message: f.message}
}

// fieldCodes are the codes of events with a field that cannot be read.
var fieldCodes = map[string]string{
	"metric": codeBadMetric, "value": codeBadValue, "timestamp": codeBadTimestamp,
	"host": codeBadHost, "unit": codeBadUnit, "help": codeBadHelp,
}

// unreadable turns what the codec says of an event into a fault.
func unreadable(err error) *fault {
	field, isField := errors.AsType[*wire.FieldError](err)
	if !isField {
		return &fault{codeMalformed, "", clip(err.Error())}
	}
	code, known := fieldCodes[field.Field]
	if !known {
		code = codeMalformed
	}
	return &fault{code, clip(field.Field), field.Message}
}

// isLimit reports whether the same event may be taken later, when there is room.
func isLimit(code string) bool { return code == codeTooManySeries || code == codeTooManyHosts }

// faultOf turns the hub's reason into one for the client.
func faultOf(err error) *fault {
	switch {
	case errors.Is(err, hub.ErrTooManySeries):
		return &fault{codeTooManySeries, "metric", "this host has as many series as are allowed (--max-series-per-host); known ones go on"}
	case errors.Is(err, hub.ErrTooManyTotal):
		return &fault{codeTooManySeries, "metric", "there are as many series as are allowed (--max-series); known ones go on"}
	case errors.Is(err, hub.ErrTooManyHosts):
		return &fault{codeTooManyHosts, "host", "there are as many hosts as are allowed (--max-hosts); known ones go on"}
	case errors.Is(err, hub.ErrBadHost):
		return &fault{codeBadHost, "host", clip(err.Error())}
	case errors.Is(err, hub.ErrNotFinite):
		return notFinite()
	}
	return &fault{codeBadMetric, "metric", clip(err.Error())}
}

func notFinite() *fault { return &fault{codeNotFinite, "value", "must be a finite number"} }

const (
	maxUnitBytes = 32
	maxHelpBytes = 200
)

// checkText holds a unit or a help text to what can be shown on one line.
func checkText(code, field, text string, maxBytes int) *fault {
	switch {
	case text == "":
		return nil
	case len(text) > maxBytes:
		return &fault{code, field, fmt.Sprintf("has %d bytes, at most %d are allowed", len(text), maxBytes)}
	case !utf8.ValidString(text):
		return &fault{code, field, "is not valid UTF-8"}
	case strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }):
		return &fault{code, field, "holds a character that cannot be printed"}
	}
	return nil
}

// clip keeps what is echoed of foreign input short.
func clip(text string) string {
	const limit = 160
	if len(text) <= limit {
		return text
	}
	return strings.ToValidUTF8(text[:limit], "") + "..."
}
