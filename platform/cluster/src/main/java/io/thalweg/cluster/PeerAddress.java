package io.thalweg.cluster;

/** Where a broker listens for its peers. */
public record PeerAddress(String host, int port) {

    public PeerAddress {
        if (host.isEmpty()) {
            throw new IllegalArgumentException("host is empty");
        }
        if (port < 1 || port > 0xFFFF) {
            throw new IllegalArgumentException("port=" + port + "; expected 1 to 65535");
        }
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
