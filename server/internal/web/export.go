package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"

	"vitals/internal/history"
)

// serveExport sends raw samples as they are read.
func (s *Server) serveExport(w http.ResponseWriter, r *http.Request) error {
	if err := onlyParameters(r, "format", "host", "metrics", "from", "to"); err != nil {
		return err
	}
	selection, format, err := s.readExport(r)
	if err != nil {
		return err
	}
	if err := s.mustKnow(r.Context(), selection.Host); err != nil {
		return err
	}
	place, err := s.turns.takeExport()
	if err != nil {
		return err
	}
	defer place.end()
	header := w.Header()
	header.Set("Content-Type", format.mediaType)
	header.Set("Cache-Control", "no-store")
	header.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": exportName(selection, format)}))
	if r.Method == http.MethodHead {
		return nil
	}
	return s.export(w, r, place, selection, format.open(selection.Host))
}

func (s *Server) readExport(r *http.Request) (history.Selection, exportFormat, error) {
	parameters := s.parametersOf(r)
	name, _ := parameters.text("format")
	format, known := formatNamed(name)
	if !known {
		parameters.refuse("format", "must be csv or ndjson")
	}
	return s.readSelection(parameters), format, parameters.fault
}

// exportName is the name of the file: the host, and when the range begins. Names of hosts need no quoting.
func exportName(selection history.Selection, format exportFormat) string {
	return fmt.Sprintf("vitals-%s-%s.%s", selection.Host, selection.From.Time().UTC().Format("20060102T150405Z"), format.name)
}

// export sends what the encoder makes of each piece. Once something was sent there is no other way to tell of an error than
// to cut the connection.
func (s *Server) export(
	w http.ResponseWriter, r *http.Request, place *exportTurn, selection history.Selection, encode pieceEncoder,
) error {
	body := exportBody{ctx: r.Context(), client: newPatience(w), place: place}
	body.text = encode.begin(body.text)
	if err := place.read(r.Context()); err != nil {
		return err
	}
	err := s.history.Export(r.Context(), selection, func(piece history.ExportPiece) error {
		encode.series(piece.Series)
		for i, at := range piece.Timestamps {
			body.text = encode.sample(body.text, at, piece.Values[i])
			if err := body.sendFull(); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		err = body.send()
	}
	switch {
	case err == nil:
		return nil
	case !body.begun:
		w.Header().Del("Content-Disposition")
		return err
	case !errors.Is(err, errClientGone) && r.Context().Err() == nil:
		s.logger.Error().Err(err).Str("path", r.URL.Path).Msg("export ended early")
	}
	panic(http.ErrAbortHandler)
}

// errClientGone means that nobody reads an export any more, or too slowly.
var errClientGone = errors.New("the client is gone")

// exportBody gathers text and sends it in pieces. While the client takes one another export is read.
type exportBody struct {
	ctx    context.Context //nolint:containedctx // of the one request that it answers
	client io.Writer
	place  *exportTurn
	text   []byte
	begun  bool
}

const exportPieceBytes = 64 << 10

func (b *exportBody) sendFull() error {
	if len(b.text) < exportPieceBytes {
		return nil
	}
	return b.send()
}

func (b *exportBody) send() error {
	b.begun = true
	b.place.pause()
	if _, err := b.client.Write(b.text); err != nil {
		return fmt.Errorf("%w: %w", errClientGone, err)
	}
	b.text = b.text[:0]
	return b.place.read(b.ctx)
}
