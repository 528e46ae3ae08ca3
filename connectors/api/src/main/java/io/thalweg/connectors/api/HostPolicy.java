package io.thalweg.connectors.api;

import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/**
 * What the operator of this node lets connectors reach. Every path, URL and command that comes from a configuration goes
 * through it, both when a configuration is checked and when it is used. Thread-safe.
 */
public interface HostPolicy {

    /**
     * The real path below an allowed root. Symbolic links are resolved, of the nearest existing parent if the file does
     * not exist.
     *
     * @throws IllegalArgumentException names the path and the allowed roots. Touches the disk: not on an event loop.
     */
    Path path(String path);

    /**
     * Checks scheme (http, https), user info and host.
     *
     * @throws IllegalArgumentException says what is not allowed
     */
    URI url(String url);

    /**
     * Whether a connection to this address is allowed: not loopback, link-local, private, multicast or unspecified unless
     * the operator allowed it. Checked on the resolved address, which is then the one that is connected to.
     */
    boolean reachable(InetAddress address);

    /**
     * The command line of a child process: it must begin with the words of one that the operator listed.
     *
     * @throws IllegalArgumentException names the command and where to allow it
     */
    List<String> command(List<String> command);
}
