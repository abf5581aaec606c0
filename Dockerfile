# Three stages: the app, the server with the app embedded, and an image that holds nothing but the binary.
# The base images can be replaced: docker build --build-arg NODE_IMAGE=... --build-arg GO_IMAGE=... .
ARG NODE_IMAGE=docker.io/library/node:22-bookworm-slim
ARG GO_IMAGE=docker.io/library/golang:1.26-bookworm

FROM ${NODE_IMAGE} AS app
WORKDIR /src/frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY frontend/ ./
RUN npm run build && node scripts/compress.mjs dist && rm -r dist/.vite

FROM ${GO_IMAGE} AS server
WORKDIR /src/server
COPY server/go.mod server/go.sum ./
RUN go mod download
COPY server/ ./
COPY --from=app /src/frontend/dist/ internal/web/dist/
ARG VERSION=dev
RUN mkdir -m 0700 -p /out/state
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=${VERSION}" -o /out/vitals ./cmd/vitals

FROM scratch
COPY --from=server /out/vitals /vitals
COPY --from=server --chown=65532:65532 /out/state /var/lib/vitals
USER 65532:65532
# Inside a container of its own, loopback would be out of reach. With the host's network, set 127.0.0.1:8080 instead.
ENV VITALS_LISTEN=0.0.0.0:8080
# History; give it a volume of its own to keep it.
ENV VITALS_DATA=/var/lib/vitals
VOLUME /var/lib/vitals
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 CMD ["/vitals", "healthcheck"]
ENTRYPOINT ["/vitals"]
CMD ["serve"]
