package web_test

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"vitals/internal/history"
	"vitals/internal/metric"
)

// readHistory is an answer as a client has it, whatever its form was.
type readHistory map[string]any

// readJSON has NaN where a column has no value.
func readJSON(t *testing.T, body string) readHistory {
	t.Helper()
	var read any
	if err := json.Unmarshal([]byte(body), &read); err != nil {
		t.Fatal(err)
	}
	return plain(t, read).(map[string]any)
}

func readCBOR(t *testing.T, body string) readHistory {
	t.Helper()
	mode, err := cbor.DecOptions{DupMapKey: cbor.DupMapKeyEnforcedAPF, IndefLength: cbor.IndefLengthForbidden}.DecMode()
	if err != nil {
		t.Fatal(err)
	}
	var read map[string]any
	if err := mode.Unmarshal([]byte(body), &read); err != nil {
		t.Fatal(err)
	}
	return plain(t, read).(map[string]any)
}

// plain makes numbers of all numbers, and lists of them of all columns.
func plain(t *testing.T, value any) any {
	t.Helper()
	switch value := value.(type) {
	case nil:
		return math.NaN()
	case uint64:
		return float64(value)
	case int64:
		return float64(value)
	case []any:
		for i := range value {
			value[i] = plain(t, value[i])
		}
		return value
	case map[string]any:
		for key := range value {
			value[key] = plain(t, value[key])
		}
		return value
	case map[any]any:
		texts := map[string]any{}
		for key, member := range value {
			texts[key.(string)] = plain(t, member)
		}
		return texts
	case cbor.Tag:
		return typedArray(t, value)
	default:
		return value
	}
}

// typedArray reads a column by the words of the documentation: a float32 below 10 million stands for the number that "%.7g"
// prints.
func typedArray(t *testing.T, tag cbor.Tag) []any {
	t.Helper()
	content := tag.Content.([]byte)
	numbers := []any{}
	switch tag.Number {
	case 85:
		for ; len(content) > 0; content = content[4:] {
			short := float64(math.Float32frombits(binary.LittleEndian.Uint32(content)))
			if math.Abs(short) < 1e7 {
				short, _ = strconv.ParseFloat(strconv.FormatFloat(short, 'g', 7, 64), 64)
			}
			numbers = append(numbers, short)
		}
	case 86:
		for ; len(content) > 0; content = content[8:] {
			numbers = append(numbers, math.Float64frombits(binary.LittleEndian.Uint64(content)))
		}
	default:
		t.Errorf("a column has the tag %d", tag.Number)
	}
	return numbers
}

// takeMeans takes the means out of an answer: they are computed, and have fewer digits in CBOR.
func (h readHistory) takeMeans() [][]any {
	var means [][]any
	for _, series := range h["series"].([]any) {
		members := series.(map[string]any)
		if mean, isBuckets := members["mean"].([]any); isBuckets {
			means = append(means, mean)
			members["mean"] = len(mean)
		}
	}
	return means
}

// askBoth asks for an answer in both forms.
func askBoth(t *testing.T, result *history.Result) (asJSON, asCBOR readHistory) {
	t.Helper()
	h := newTestServer(t, remembers(&toldPast{result: result}))
	return readJSON(t, h.get("/api/v1/history").body), readCBOR(t, h.get("/api/v1/history", "Accept", "application/cbor").body)
}

var sameNumbers = cmp.Options{cmpopts.EquateNaNs(), cmpopts.EquateApprox(0, 0)}

func TestHistoryInCBORSaysTheSameAsInJSON(t *testing.T) {
	random := rand.New(rand.NewPCG(11, 12))
	for round := range 200 {
		result := randomResult(random)
		asJSON, asCBOR := askBoth(t, result)
		meansOfJSON, meansOfCBOR := asJSON.takeMeans(), asCBOR.takeMeans()
		if diff := cmp.Diff(asJSON, asCBOR, sameNumbers); diff != "" {
			t.Fatalf("round %d: JSON (-) and CBOR (+) differ:\n%s", round, diff)
		}
		if diff := cmp.Diff(meansOfJSON, meansOfCBOR, cmpopts.EquateNaNs(), cmpopts.EquateApprox(1e-6, 0)); diff != "" {
			t.Fatalf("round %d: means of JSON (-) and CBOR (+) differ:\n%s", round, diff)
		}
		checkMeansOfOneValue(t, asCBOR, meansOfCBOR)
	}
}

// checkMeansOfOneValue wants the mean to be the value where all samples of a bucket had the same.
func checkMeansOfOneValue(t *testing.T, read readHistory, means [][]any) {
	t.Helper()
	for _, series := range read["series"].([]any) {
		least, isBuckets := series.(map[string]any)["min"].([]any)
		if !isBuckets {
			continue
		}
		most := series.(map[string]any)["max"].([]any)
		for i, mean := range means[0] {
			if least[i] == most[i] && mean != least[i] {
				t.Errorf("the mean of %v is %v", least[i], mean)
			}
		}
		means = means[1:]
	}
}

// randomResult has columns of all kinds that sensors send, and some that they do not.
func randomResult(random *rand.Rand) *history.Result {
	length := random.IntN(40)
	result := &history.Result{Host: "büro", From: 1690000000_000, To: 1690000000_001 + metric.TimestampMs(random.IntN(1e6))}
	timeline := make([]metric.TimestampMs, length)
	for i := range timeline {
		timeline[i] = result.From + metric.TimestampMs(i)*metric.TimestampMs(1+random.IntN(5000))
	}
	result.Timelines = [][]metric.TimestampMs{timeline, {}}
	isRaw := random.IntN(3) == 0
	if !isRaw {
		result.Step = time.Duration(1+random.IntN(1e5)) * time.Millisecond
	}
	for i := range random.IntN(5) {
		past := history.SeriesResult{Series: metric.Series{Metric: fmt.Sprintf("disk.io{device=d%d}", i), Family: "disk.io", Kind: metric.Gauge, Custom: i == 1, Help: "°"}}
		least, values := randomColumn(random, length), randomColumn(random, length)
		if isRaw {
			past.Values = values
		} else {
			past.Min, past.Max, past.Mean = least, values, make([]float64, length)
			for j := range values {
				if random.IntN(4) == 0 {
					past.Max[j] = past.Min[j]
				}
				past.Mean[j] = past.Min[j] + (past.Max[j]-past.Min[j])*random.Float64()
				if math.IsNaN(past.Mean[j]) {
					past.Min[j], past.Max[j] = math.NaN(), math.NaN()
				}
			}
		}
		if random.IntN(2) == 0 {
			past.Summary = &history.Summary{Count: random.IntN(3), Min: -3, Mean: 4.0 / 3, P95: 2.5, Max: 1e300, Last: 7, LastTime: 1690000000_123}
		}
		result.Series = append(result.Series, past)
	}
	return result
}

func randomColumn(random *rand.Rand, length int) []float64 {
	kinds := []func() float64{
		func() float64 { return float64(random.IntN(10_000)) / 100 },
		func() float64 { return float64(random.IntN(1<<24)) * 4096 },
		func() float64 { return -float64(random.IntN(1e6)) / 1000 },
		func() float64 { return random.NormFloat64() * 1e9 },
		func() float64 { return math.Pow(10, float64(random.IntN(600)-300)) },
		math.NaN,
	}
	mixed := random.IntN(2) == 0
	kind := random.IntN(len(kinds))
	column := make([]float64, length)
	for i := range column {
		if mixed {
			kind = random.IntN(len(kinds))
		}
		column[i] = kinds[kind]()
	}
	return column
}

// TestHistoryInCBORToTheByte holds what is written, so that a client need not guess.
func TestHistoryInCBORToTheByte(t *testing.T) {
	result := &history.Result{
		Host: "a", From: 1000, To: 3000, Step: time.Second, Timelines: [][]metric.TimestampMs{{1000, 2000}},
		Series: []history.SeriesResult{{
			Series: metric.Series{Metric: "x", Family: "x", Kind: metric.Gauge},
			Min:    []float64{0.5, math.NaN()}, Mean: []float64{2.0 / 3, math.NaN()}, Max: []float64{math.Pi, math.NaN()},
		}},
	}
	got := newTestServer(t, remembers(&toldPast{result: result})).get("/api/v1/history", "Accept", "application/cbor")
	want := `{"host": "a", "from": 1.0, "to": 3.0, "step": 1.0, ` +
		`"timelines": [86(h'000000000000f03f0000000000000040')], ` +
		`"series": [{"series": {"metric": "x", "family": "x", "unit": "", "kind": "gauge"}, "timeline": 0, ` +
		`"min": 85(h'0000003f0000c07f'), "mean": 85(h'abaa2a3f0000c07f'), "max": 86(h'182d4454fb210940000000000000f87f')}]}`
	notation, err := cbor.Diagnose([]byte(got.body))
	if err != nil || notation != want {
		t.Errorf("%v\n%s, want\n%s", err, notation, want)
	}
	if got.status != http.StatusOK || got.header.Get("Cache-Control") != "no-store" {
		t.Errorf("%d %v", got.status, got.header)
	}
}

func TestFormOfHistoryIsTheOneThatIsPreferred(t *testing.T) {
	const inJSON, inCBOR = "application/json; charset=utf-8", "application/cbor"
	h := newTestServer(t, remembers(&toldPast{result: &history.Result{}}))
	for accept, want := range map[string]string{
		"":                                       inJSON,
		"*/*":                                    inJSON,
		"application/json":                       inJSON,
		"application/cbor":                       inCBOR,
		"Application/CBOR; q=0.7":                inCBOR,
		"application/cbor;q=0":                   inJSON,
		"application/cbor;q=x":                   inJSON,
		"application/cbor, application/json":     inCBOR,
		"application/json, application/cbor":     inJSON,
		"application/json;q=.9,application/cbor": inCBOR,
		"application/cbor;q=0.5, */*":            inJSON,
		"text/html, application/cbor;q=0.9":      inJSON,
		"application/cborx, ;;, /":               inJSON,
	} {
		got := h.get("/api/v1/history", "Accept", accept)
		if got.header.Get("Content-Type") != want || got.header.Get("Vary") != "Accept" {
			t.Errorf("%q: headers %v", accept, got.header)
		}
	}
	if got := h.get("/api/v1/history?step=0", "Accept", inCBOR).refusal(t); got.field != "step" {
		t.Errorf("a bad question is answered by %+v", got)
	}
}
