package promapi

import (
	"io"
	"maps"
	"net/http"
	"runtime"
	"slices"
	"strconv"
)

// listMetadata describes metrics, one or all. Each has one description here; a Prometheus may have several.
func (a *API) listMetadata(r *http.Request) (answer, error) {
	most, err := numberParameter(r, "limit")
	if err != nil {
		return answer{}, err
	}
	if _, err := numberParameter(r, "limit_per_metric"); err != nil {
		return answer{}, err
	}
	known, described := a.metadata(), map[string][]Metadata{}
	for _, name := range slices.Sorted(maps.Keys(known)) { // else a limit would leave others each time
		if wanted := r.Form.Get("metric"); wanted != "" && wanted != name {
			continue
		}
		if len(described) == most {
			break
		}
		described[name] = []Metadata{known[name]}
	}
	return answer{data: described}, nil
}

// numberParameter is a number, or -1 if none is given.
func numberParameter(r *http.Request, name string) (int, error) {
	text := r.Form.Get(name)
	if text == "" {
		return -1, nil
	}
	number, err := strconv.Atoi(text)
	if err != nil {
		return 0, &Error{Kind: BadData, Message: name + " must be a number"}
	}
	return number, nil
}

// prometheusVersion is the version of Prometheus whose engine this is: clients choose by it what they ask.
const prometheusVersion = "3.15.0"

// build is the answer to who this is.
type build struct {
	Version   string `json:"version"`
	Revision  string `json:"revision"`
	Branch    string `json:"branch"`
	BuildUser string `json:"buildUser"`
	BuildDate string `json:"buildDate"`
	GoVersion string `json:"goVersion"`
}

func (a *API) buildInfo(*http.Request) (answer, error) {
	return answer{data: build{
		Version: prometheusVersion, Revision: "vitals " + a.version, Branch: "vitals", BuildUser: "vitals", GoVersion: runtime.Version(),
	}}, nil
}

// What there is none of here, in the forms of Prometheus.
type (
	ruleGroups struct {
		Groups nothing `json:"groups"`
	}
	alerts struct {
		Alerts nothing `json:"alerts"`
	}
	nothing struct{}
)

// MarshalJSON implements [encoding/json.Marshaler].
func (nothing) MarshalJSON() ([]byte, error) { return []byte("[]"), nil }

// none answers with an empty form.
func none[T any](*http.Request) (answer, error) {
	var empty T
	return answer{data: empty}, nil
}

// serveState says that this is alive. Whoever can ask, is answered: a server whose history is in trouble still shows what is.
func (a *API) serveState(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err := io.WriteString(w, "Vitals answers.\n")
	return err
}
