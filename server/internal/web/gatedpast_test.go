package web_test

import (
	"context"
	"time"

	"vitals/internal/history"
)

// slowExport stops once, after half of its pieces.
type slowExport struct {
	toldPast
	piece  history.ExportPiece
	pieces int
	pause  time.Duration
}

func (s *slowExport) Export(_ context.Context, _ history.Selection, take func(history.ExportPiece) error) error {
	for i := range s.pieces {
		if i == s.pieces/2 {
			time.Sleep(s.pause) // what is tested is that this does no harm
		}
		if err := take(s.piece); err != nil {
			return err
		}
	}
	return nil
}
