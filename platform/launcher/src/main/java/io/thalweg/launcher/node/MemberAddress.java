package io.thalweg.launcher.node;

/** Where a node of a cluster is found, as settings write it. */
record MemberAddress(String host, int port) {

    /** Throws IllegalArgumentException for what is not HOST:PORT. */
    static MemberAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        int port = colon < 0 ? 0 : Integer.parseInt(text.substring(colon + 1));
        if (host.isEmpty() || port < 1 || port > 65_535) {
            throw new IllegalArgumentException(text);
        }
        return new MemberAddress(host, port);
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
