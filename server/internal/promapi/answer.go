package promapi

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/prometheus/util/annotations"
)

// answer is what a question came to.
type answer struct {
	data     any                     // see [appendJSON]
	warnings annotations.Annotations // and hints
	release  func()                  // gives data back after it was written; nil for nothing to give back
}

// question finds the answer to a request, whose form is parsed.
type question func(r *http.Request) (answer, error)

// failing answers by itself, or gives the error to answer with.
type failing func(w http.ResponseWriter, r *http.Request) error

// answering makes a handler of a question.
func (a *API) answering(ask question, methods ...string) http.Handler {
	return a.serving(func(w http.ResponseWriter, r *http.Request) error {
		leave, err := a.begin(r)
		if err != nil {
			return err
		}
		place := &held{leave: leave}
		defer place.end()
		found, err := ask(r)
		if err != nil {
			return err
		}
		if found.release != nil {
			defer found.release()
		}
		return a.write(w, r, found, place)
	}, methods...)
}

// begin takes a place among those who ask at the same time.
func (a *API) begin(r *http.Request) (leave func(), err error) {
	leave, err = a.enter(r.Context())
	var known *Error
	if err == nil || errors.As(err, &known) {
		return leave, err
	}
	return nil, &Error{Kind: Unavailable, Message: err.Error()}
}

// held is a place that is given back once.
type held struct{ leave func() }

func (h *held) end() {
	if h.leave != nil {
		h.leave()
		h.leave = nil
	}
}

// serving makes a handler for some methods; GET means HEAD too.
func (a *API) serving(serve failing, methods ...string) http.Handler {
	allowed := strings.Join(methods, ", ")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := a.prepare(w, r, methods)
		if err == nil {
			err = serve(w, r)
		}
		if err == nil {
			return
		}
		told := a.explain(err)
		switch told.Kind {
		case NotAllowed:
			w.Header().Set("Allow", allowed)
		case Unavailable:
			w.Header().Set("Retry-After", strconv.Itoa(int(retryAfter.Seconds())))
		}
		WriteError(w, told)
	})
}

// prepare checks the method and reads the form; a body that is no form is left to whom it is for.
func (a *API) prepare(w http.ResponseWriter, r *http.Request, methods []string) error {
	isRead := r.Method == http.MethodHead && slices.Contains(methods, http.MethodGet)
	if !isRead && !slices.Contains(methods, r.Method) {
		return &Error{Kind: NotAllowed, Message: "only " + strings.Join(methods, " and ") + " are answered here"}
	}
	r.Body = http.MaxBytesReader(w, r.Body, a.limits.BodyBytes)
	if err := r.ParseForm(); err != nil {
		return bodyError("error parsing form values", err)
	}
	return nil
}

// bodyError is an error of reading a request.
func bodyError(what string, err error) error {
	if tooLarge, is := errors.AsType[*http.MaxBytesError](err); is {
		message := fmt.Sprintf("the body has more than %d bytes, which is all that is read", tooLarge.Limit)
		return &Error{Kind: BadData, Status: http.StatusRequestEntityTooLarge, Message: message}
	}
	return &Error{Kind: BadData, Message: fmt.Sprintf("%s: %v", what, err)}
}

// smallBytes is up to which size an answer is put together before it is sent. Its place is free while it travels; one that is
// larger keeps its place, so that not many of them are in memory at once.
const smallBytes = 1 << 20

// write sends an answer.
func (a *API) write(w http.ResponseWriter, r *http.Request, found answer, place *held) error {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	out := &encoder{to: w, buffer: make([]byte, 0, 4<<10)}
	out.text(`{"status":"success","data":`)
	out.value(found.data)
	warnings, infos := found.warnings.AsStrings(r.Form.Get("query"), mostWarnings, mostWarnings)
	out.strings(`,"warnings":`, warnings)
	out.strings(`,"infos":`, infos)
	out.text("}\n")
	if !out.isSent {
		place.end()
	}
	out.flush()
	return nil // one in between means that the client is gone
}

const mostWarnings = 10
