package io.thalweg.cluster.hazelcast;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;

/** Where Hazelcast may listen. */
final class PrivateAddress {

    private PrivateAddress() {}

    /**
     * The numbers of a host name or address of this machine that is not reached from everywhere. May block on name service.
     *
     * @throws ClusterJoinException for any other
     */
    static String resolve(String host) throws ClusterJoinException {
        InetAddress address;
        try {
            address = InetAddress.getByName(host);
            if (NetworkInterface.getByInetAddress(address) == null) {
                throw new ClusterJoinException("the cluster's address is not of this machine: host=" + host
                        + "; give one of its own addresses, and no wildcard");
            }
        } catch (IOException unknown) {
            throw new ClusterJoinException("the cluster's address is not known: host=" + host, unknown);
        }
        if (!isPrivate(address)) {
            throw new ClusterJoinException("the cluster's address can be reached from everywhere: host=" + host
                    + "; membership has neither TLS nor authentication: give a private address, or one of a tunnel");
        }
        return address.getHostAddress();
    }

    /** Hazelcast would say less clearly that somebody else is there. */
    static void checkFree(String host, int port) throws ClusterJoinException {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(host, port));
        } catch (IOException taken) {
            throw new ClusterJoinException(
                    "cannot listen for members at " + host + ":" + port + ": " + taken.getMessage(), taken);
        }
    }

    static boolean isPrivate(InetAddress address) {
        return address.isLoopbackAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || isUniqueLocal(address)
                || isCarrierGrade(address);
    }

    /** fc00::/7 */
    private static boolean isUniqueLocal(InetAddress address) {
        return address instanceof Inet6Address && (address.getAddress()[0] & 0xFE) == 0xFC;
    }

    /** 100.64.0.0/10, which tunnels use. */
    private static boolean isCarrierGrade(InetAddress address) {
        byte[] bytes = address.getAddress();
        return bytes.length == 4 && bytes[0] == 100 && (bytes[1] & 0xC0) == 64;
    }
}
