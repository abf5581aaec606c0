package client

import (
	"context"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"log" //nolint:depguard // the server takes no other logger
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"

	"github.com/coder/websocket"
)

func TestExplain(t *testing.T) {
	certificate := &x509.Certificate{Subject: pkix.Name{CommonName: "old.example"}}
	dial := &net.OpError{Op: "dial", Net: "tcp", Addr: &net.TCPAddr{IP: net.IPv4(10, 0, 0, 1), Port: 8080}, Err: syscall.ECONNREFUSED}
	for _, test := range []struct {
		err  error
		says string
	}{
		{&net.DNSError{Name: "no\x1bwhere.example", IsNotFound: true}, "no address for the name no\ufffdwhere.example"},
		{&net.DNSError{Name: "a.example", IsTimeout: true}, "gave no answer"},
		{&net.DNSError{Name: "a.example", Err: "server misbehaving"}, "misbehaving"},
		{dial, "nothing listens at 10.0.0.1:8080"},
		{syscall.EHOSTUNREACH, "no way"},
		{context.DeadlineExceeded, "no answer in time"},
		{syscall.ECONNRESET, "was cut"},
		{io.ErrUnexpectedEOF, "was cut"},
		{x509.HostnameError{Certificate: certificate, Host: "new.example"}, "for old.example, not for new.example"},
		{x509.UnknownAuthorityError{}, "does not trust"},
		{x509.CertificateInvalidError{Cert: certificate, Reason: x509.Expired}, "clock says"},
		{websocket.CloseError{Code: 1012}, "stopped or restarts"},
		{websocket.CloseError{Code: 4000, Reason: "x\ny"}, "closed with code 4000: x\ufffdy"},
		{websocket.CloseError{Code: 4567}, "4567"},
		{&Refusal{Status: 502}, "502 Bad Gateway"},
		{&Refusal{Status: 403, Message: "no\u202e"}, "403: no\ufffd"},
		{errors.New("what\x07"), "what\ufffd"},
	} {
		if got := Explain(fmt.Errorf("dial: %w", test.err)); !strings.Contains(got, test.says) {
			t.Errorf("%v is explained as %q, wanted %q", test.err, got, test.says)
		}
	}
}

func TestExplainTLSOfRealServers(t *testing.T) {
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	defer secure.Close()
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	for address, says := range map[string]string{
		secure.URL: "does not trust",
		strings.Replace(plain.URL, "http:", "https:", 1): "does not speak TLS",
	} {
		parsed, err := ParseAddress(address)
		if err != nil {
			t.Fatal(err)
		}
		_, err = Dial(t.Context(), parsed, How{})
		if err == nil || !strings.Contains(Explain(err), says) {
			t.Errorf("%s: %v, wanted %q", address, err, says)
		}
	}
}
