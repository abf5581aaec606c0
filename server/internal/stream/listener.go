package stream

import "context"

// serveListener runs a viewer that only listens, such as one of an event stream, until the context ends, its line breaks or
// the streams end, and says why. The caller has entered; its goroutine waits meanwhile, and has the line to itself again
// when this returns. At the end the line gets a goodbye if there is somebody left to hear it.
func (s *Streams) serveListener(ctx context.Context, out line, request viewerRequest, peer string) error {
	v := s.newViewer(out, request, peer)
	ended := make(chan struct{})
	v.ended = ended
	s.add(v)
	defer s.remove(v)
	defer context.AfterFunc(ctx, func() { v.end(context.Cause(ctx)) })()
	v.log("viewer came", nil)
	v.begin(request)
	<-ended
	v.leave()
	cause := *v.cause.Load()
	if goodbye, is := cause.(*closing); is { //nolint:errorlint // ends are never wrapped
		_, _ = v.lastWords(v.framing.Goodbye(nil, goodbye)) // the viewer may be gone by now
	}
	v.log("viewer went", cause)
	return cause
}
