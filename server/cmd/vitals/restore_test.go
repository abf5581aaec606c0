package main

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"vitals/cmd/vitals/settings"
	"vitals/internal/collect"
	"vitals/internal/history"
	"vitals/internal/hub"
	"vitals/internal/ingest"
	"vitals/internal/metric"
	"vitals/internal/wire"
)

// updateOf is an update of these series, which describes some.
func updateOf(names []string, described ...metric.Series) metric.Update {
	update := metric.Update{Series: described}
	for _, name := range names {
		update.Events = append(update.Events, metric.Event{Metric: name})
	}
	return update
}

// TestFromFullestSaysWhatASeriesIsWhereItComesFirst: what described it may be left out.
func TestFromFullestSaysWhatASeriesIsWhereItComesFirst(t *testing.T) {
	room, attic, load := metric.Series{Metric: "room"}, metric.Series{Metric: "attic"}, metric.Series{Metric: "load"}
	updates := []metric.Update{
		updateOf([]string{"attic"}, attic),
		updateOf([]string{"room", "attic"}, room),
		updateOf([]string{"load", "memory", "room"}, load),
		updateOf([]string{"load", "room", "attic", "swap"}), // has more, but is not of the first
		updateOf([]string{"room", "attic"}),
	}
	var got [][]metric.Series
	for _, update := range fromFullest(updates, 3) {
		got = append(got, update.Series)
	}
	if want := [][]metric.Series{{load, room}, {attic}, nil}; !reflect.DeepEqual(got, want) {
		t.Errorf("described are %v, not %v", got, want)
	}
}

// TestWhatIsPushedIsStillPushedAfterAStart: the first that is read of the past may be little, with pushed events, which is left out
// so that the host looks as it does when it is measured from the start. What it says of its series holds all the same.
func TestWhatIsPushedIsStillPushedAfterAStart(t *testing.T) {
	source := collect.NewSimulation(1, 1)
	own, pushed := source.Hosts()[0].Name, metric.Series{Metric: "room.temp", Family: "room.temp", Unit: "celsius", Custom: true}
	store, err := history.Open(history.Options{Dir: t.TempDir(), Families: source.Families(), Backfill: time.Minute})
	must(t, err)
	t.Cleanup(func() { must(t, store.Close()) })
	options := hub.Options{Interval: time.Second, Backfill: time.Minute, Families: source.Families()}
	measured, bus := hub.New(options), hub.New(options)
	at := time.Now().Add(-10 * time.Second)
	measured.Publish(source.Sample(t.Context(), at, 0)[0])
	catalog, _ := measured.Catalog(own)
	all := &hub.Catalog{Host: own, Series: append(slices.Clone(catalog.Series), pushed)}
	for second := range 5 {
		row := history.Row{Catalog: all, Timestamp: metric.TimestampOf(at.Add(time.Duration(second) * time.Second))}
		row.Values = make([]float64, len(all.Series))
		if last := int32(len(catalog.Series)); second == 0 { // little comes before the others
			row.Columns, row.Values = []int32{last - 1, last}, []float64{1, 21.5}
		}
		_, err := store.Append(t.Context(), []history.Row{row})
		must(t, err)
	}

	service := ingest.New(ingest.Options{Bus: bus, Own: own, Measured: source.Families(), Sampled: []string{own}})
	past := &remembered{store: store, logger: zerolog.Nop()}
	past.restore(t.Context(), bus, settings.Settings{Interval: time.Second, Backfill: time.Minute}, source, service.Remember)
	restored, is := bus.Catalog(own)
	if !is || len(restored.Series) != len(all.Series) {
		t.Fatalf("restored are %+v", restored)
	}
	before, last := restored.Series[:len(catalog.Series)], restored.Series[len(catalog.Series)]
	if last.Metric != pushed.Metric || last.Unit != pushed.Unit || !last.Custom {
		t.Errorf("the last series is %+v", last)
	}
	family := func(series metric.Series) int {
		return slices.IndexFunc(source.Families(), func(one metric.Family) bool { return one.Name == series.Family })
	}
	if !slices.IsSortedFunc(before, func(a, b metric.Series) int { return family(a) - family(b) }) {
		t.Errorf("what is measured is not in the order of families: %+v", before)
	}
	published := service.Publish(t.Context(), "", []wire.PushedEvent{{Metric: pushed.Metric, Value: 22}})
	if published.Accepted != 1 {
		t.Errorf("a push is answered %+v", published)
	}
}

func TestAnInventedPastIsTold(t *testing.T) {
	var lines strings.Builder
	invented := newInvention(time.Now().Add(-24*time.Hour), 3, zerolog.New(&lines))
	if told := lines.String(); !strings.Contains(told, `"length":"24h0m0s","hosts":3`) {
		t.Errorf("before it begins: %s", told)
	}
	lines.Reset()
	half := time.Now().Add(-12 * time.Hour)
	invented.tell(half)
	if told := lines.String(); told != "" {
		t.Errorf("at once: %s", told)
	}
	invented.told = invented.told.Add(-inventionToldEach)
	invented.tell(half)
	invented.tell(half)
	if told := lines.String(); strings.Count(told, "\n") != 1 || !strings.Contains(told, `"percent":50`) && !strings.Contains(told, `"percent":49`) {
		t.Errorf("half of it: %s", told)
	}
	lines.Reset()
	newInvention(time.Now().Add(-time.Second), 1, zerolog.New(&lines))
	if told := lines.String(); told != "" {
		t.Errorf("a short one: %s", told)
	}
}
