package snapshot

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/rs/zerolog"
)

const (
	socketName   = "control.sock" // in the data folder
	lentName     = "snapshot.tmp" // what is lent, in the data folder
	request      = "snapshot\n"
	requestTime  = 10 * time.Second // to say what is wanted
	longestLoan  = 6 * time.Hour
	answerTime   = 10 * time.Second // for the client to take the answer
	maxClients   = 8
	acceptPause  = time.Second // after a client could not be let in
	mostSunBytes = 107         // of the path of a socket, a limit of the kernel
)

// Source makes snapshots; a [vitals/internal/history.TSDB] is one.
type Source interface {
	// Snapshot makes a folder of what is stored, within the same file system. An error leaves none.
	Snapshot(ctx context.Context, folder string) error
}

// answer is the line that a server says.
type answer struct {
	Folder string `json:"folder,omitempty"` // its name in the data folder
	Error  string `json:"error,omitempty"`
}

// Server lends snapshots to whoever asks in the data folder.
type Server struct {
	folder   string
	source   Source
	logger   zerolog.Logger
	listener net.Listener
	lending  chan struct{} // holds one: a snapshot at a time
	clients  chan struct{}
}

// Listen prepares a data folder, which the caller holds: what an earlier server left behind is taken away.
func Listen(folder string, source Source, logger zerolog.Logger) (*Server, error) {
	path := filepath.Join(folder, socketName)
	if len(path) > mostSunBytes {
		return nil, fmt.Errorf("listen on %s: the path has more than %d bytes; snapshots can be taken only while no server runs, "+
			"or from a data folder with a shorter path", path, mostSunBytes)
	}
	if err := errors.Join(removeSocket(path), os.RemoveAll(filepath.Join(folder, lentName))); err != nil {
		return nil, fmt.Errorf("prepare %s: %w", folder, err)
	}
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "unix", path)
	if err != nil {
		return nil, fmt.Errorf("listen for snapshots: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("listen for snapshots: %w", err), listener.Close())
	}
	return &Server{
		folder: folder, source: source, logger: logger, listener: listener,
		lending: make(chan struct{}, 1), clients: make(chan struct{}, maxClients),
	}, nil
}

// removeSocket removes a socket, and nothing that is something else.
func removeSocket(path string) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.Mode()&os.ModeSocket == 0:
		return fmt.Errorf("%s is in the way and no socket", path)
	}
	return os.Remove(path)
}

// Serve lends until the context ends; then it takes everything back.
func (s *Server) Serve(ctx context.Context) error {
	var lent sync.WaitGroup
	defer lent.Wait()
	stop := context.AfterFunc(ctx, func() { s.listener.Close() })
	defer stop()
	for {
		connection, err := s.listener.Accept()
		if ctx.Err() != nil {
			if err == nil {
				connection.Close()
			}
			return nil
		}
		if errors.Is(err, net.ErrClosed) {
			return fmt.Errorf("listen for snapshots: %w", err)
		}
		if err != nil { // such as too many open files; it passes
			s.logger.Warn().Err(err).Msg("nobody can ask for a snapshot just now")
			if !pause(ctx) {
				return nil
			}
			continue
		}
		lent.Go(func() { s.attend(ctx, connection) })
	}
}

// pause waits a moment; false if the context ends meanwhile.
func pause(ctx context.Context) bool {
	moment := time.NewTimer(acceptPause)
	defer moment.Stop()
	select {
	case <-moment.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// attend serves one client.
func (s *Server) attend(ctx context.Context, connection net.Conn) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { connection.Close() })
	defer stop()
	defer connection.Close()
	select {
	case s.clients <- struct{}{}:
		defer func() { <-s.clients }()
	default:
		return
	}
	reader := bufio.NewReader(io.LimitReader(connection, 1<<10))
	_ = connection.SetReadDeadline(time.Now().Add(requestTime))
	if line, err := reader.ReadString('\n'); err != nil || line != request {
		say(connection, answer{Error: "the only request is: snapshot"})
		return
	}
	_ = connection.SetReadDeadline(time.Now().Add(longestLoan))
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		_, _ = io.Copy(io.Discard, reader) // until the client has gone
		cancel()
	}()
	s.lend(ctx, connection)
	connection.Close()
	<-gone
}

// lend makes a snapshot, says where it is, and takes it away when the client has gone.
func (s *Server) lend(ctx context.Context, connection net.Conn) {
	select {
	case s.lending <- struct{}{}:
		defer func() { <-s.lending }()
	default:
		say(connection, answer{Error: "another snapshot is being taken; come back when it is done"})
		return
	}
	folder := filepath.Join(s.folder, lentName)
	began := time.Now()
	defer func() {
		if err := os.RemoveAll(folder); err != nil {
			s.logger.Warn().Err(err).Msg("a snapshot was not cleared away")
		}
	}()
	if err := s.source.Snapshot(ctx, folder); err != nil {
		s.logger.Warn().Err(err).Msg("no snapshot could be made")
		say(connection, answer{Error: err.Error()})
		return
	}
	s.logger.Info().Dur("took", time.Since(began)).Msg("made a snapshot")
	say(connection, answer{Folder: lentName})
	<-ctx.Done()
}

func say(connection net.Conn, words answer) {
	_ = connection.SetWriteDeadline(time.Now().Add(answerTime))
	_ = json.NewEncoder(connection).Encode(words) // an error: the client has gone
}
