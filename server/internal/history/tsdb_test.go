package history_test

import (
	"testing"

	"vitals/internal/history"
	"vitals/internal/history/historytest"
)

// folder is a place for a store.
type folder struct{ options history.Options }

func (f folder) Open(t testing.TB) history.Store {
	t.Helper()
	store, err := history.Open(f.options)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func TestTSDBKeepsTheContract(t *testing.T) {
	historytest.Run(t, func(t testing.TB, settings historytest.Settings) historytest.Place {
		return folder{history.Options{Dir: t.TempDir(), Families: settings.Families, Clock: settings.Clock}}
	})
}
