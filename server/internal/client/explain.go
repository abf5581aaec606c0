package client

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/coder/websocket"
)

// Explain says in words for people why a server could not be reached or was lost. What it quotes of foreign text is fit
// for a terminal.
func Explain(err error) string {
	if refusal, is := errors.AsType[*Refusal](err); is {
		return Printable(refusal.Error())
	}
	for _, explain := range []func(error) string{explainTLS, explainDNS, explainNetwork, explainClose} {
		if text := explain(err); text != "" {
			return text
		}
	}
	return Printable(err.Error())
}

func explainTLS(err error) string {
	if wrongName, is := errors.AsType[x509.HostnameError](err); is {
		names := strings.Join(wrongName.Certificate.DNSNames, ", ")
		if names == "" {
			names = wrongName.Certificate.Subject.CommonName
		}
		return Printable(fmt.Sprintf("the certificate is for %.200s, not for %s", names, wrongName.Host))
	}
	if _, is := errors.AsType[x509.UnknownAuthorityError](err); is {
		return "the certificate is signed by somebody whom this machine does not trust"
	}
	if invalid, is := errors.AsType[x509.CertificateInvalidError](err); is && invalid.Reason == x509.Expired {
		from, until := invalid.Cert.NotBefore.Format(time.DateOnly), invalid.Cert.NotAfter.Format(time.DateOnly)
		now := time.Now().Format(time.DateOnly)
		return fmt.Sprintf("the certificate is good from %s to %s, and this machine's clock says %s", from, until, now)
	}
	_, isRecord := errors.AsType[tls.RecordHeaderError](err)
	if isRecord || strings.Contains(err.Error(), "server gave HTTP response to HTTPS client") {
		return "the server does not speak TLS at this port; try http instead of https"
	}
	if alert, is := errors.AsType[tls.AlertError](err); is {
		return "the TLS handshake failed: " + Printable(alert.Error())
	}
	return ""
}

func explainDNS(err error) string {
	lookup, is := errors.AsType[*net.DNSError](err)
	switch {
	case !is:
		return ""
	case lookup.IsNotFound:
		return fmt.Sprintf("there is no address for the name %s", Printable(lookup.Name))
	case lookup.IsTimeout:
		return fmt.Sprintf("the DNS server gave no answer for the name %s", Printable(lookup.Name))
	}
	return fmt.Sprintf("the name %s could not be looked up: %s", Printable(lookup.Name), Printable(lookup.Err))
}

func explainNetwork(err error) string {
	at := ""
	if operation, is := errors.AsType[*net.OpError](err); is && operation.Op == "dial" && operation.Addr != nil {
		at = " at " + operation.Addr.String()
	}
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing listens" + at + " (connection refused)"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return "there is no way" + at + " (unreachable)"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return "no answer in time" + at
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "the connection was cut"
	}
	return ""
}

// explainClose is for a WebSocket that was open.
func explainClose(err error) string {
	var closed websocket.CloseError
	if !errors.As(err, &closed) {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return "the connection was cut"
		}
		return ""
	}
	text := map[websocket.StatusCode]string{
		websocket.StatusGoingAway: "the server went away", websocket.StatusServiceRestart: "the server stopped or restarts",
		websocket.StatusTryAgainLater: "the server wants us later",
	}[closed.Code]
	if text == "" {
		text = fmt.Sprintf("the server closed with code %d", closed.Code)
	}
	if closed.Reason != "" {
		text += ": " + Printable(closed.Reason)
	}
	return text
}
