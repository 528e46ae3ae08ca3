package io.thalweg.connectors.runtime.policy;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** Addresses that share their first bits: {@code 10.0.0.0/8}, {@code ::1}. Never resolves a name. */
record AddressRange(InetAddress first, int prefixBits) {

    static AddressRange parse(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        boolean literal = !address.isEmpty()
                && (address.indexOf(':') >= 0 || address.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9')));
        try {
            if (literal) {
                InetAddress first = InetAddress.getByName(address);
                int bitsMax = first.getAddress().length * 8;
                int bits = slash < 0 ? bitsMax : Integer.parseInt(text.substring(slash + 1));
                if (bits >= 0 && bits <= bitsMax) {
                    return new AddressRange(first, bits);
                }
            }
        } catch (UnknownHostException | NumberFormatException malformed) {
            // told below
        }
        throw new IllegalArgumentException("connectors.egressAllow: found=" + text
                + " allowed=an address or a range such as 127.0.0.1 or 10.0.0.0/8");
    }

    boolean contains(InetAddress address) {
        byte[] one = first.getAddress();
        byte[] other = address.getAddress();
        if (one.length != other.length) {
            return false;
        }
        for (int bit = 0; bit < prefixBits; bit++) {
            int mask = 0x80 >> (bit & 7);
            if ((one[bit >> 3] & mask) != (other[bit >> 3] & mask)) {
                return false;
            }
        }
        return true;
    }

    /** Not an address of the public internet. */
    static boolean isSpecial(InetAddress address) {
        if (address.isAnyLocalAddress()
                || address.isLoopbackAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()) {
            return true;
        }
        return address instanceof Inet6Address ? isSpecial6(address.getAddress()) : isSpecial4(address.getAddress(), 0);
    }

    private static boolean isSpecial4(byte[] bytes, int at) {
        int a = bytes[at] & 0xff;
        int b = bytes[at + 1] & 0xff;
        return a == 0 // this network
                || a == 10
                || a == 127
                || (a == 100 && b >= 64 && b < 128) // shared by carriers
                || (a == 169 && b == 254) // link-local, where clouds keep their metadata
                || (a == 172 && b >= 16 && b < 32)
                || (a == 192 && b == 168)
                || (a == 192 && b == 0 && bytes[at + 2] == 0)
                || (a == 198 && (b == 18 || b == 19)) // benchmarks
                || a >= 224; // multicast, reserved, broadcast
    }

    private static boolean isSpecial6(byte[] bytes) {
        if ((bytes[0] & 0xfe) == 0xfc) {
            return true; // unique local
        }
        int zeros = 0;
        while (zeros < bytes.length && bytes[zeros] == 0) {
            zeros++;
        }
        if (zeros >= 12 || (zeros == 10 && bytes[10] == (byte) 0xff && bytes[11] == (byte) 0xff)) {
            return true; // mapped and compatible IPv4: asked for by its own form only
        }
        boolean translated = bytes[0] == 0 && bytes[1] == 0x64 && bytes[2] == (byte) 0xff && bytes[3] == (byte) 0x9b;
        boolean sixToFour = bytes[0] == 0x20 && bytes[1] == 0x02;
        boolean teredo = bytes[0] == 0x20 && bytes[1] == 0x01 && bytes[2] == 0 && bytes[3] == 0;
        return translated || sixToFour || teredo; // each carries an IPv4 address that could be any
    }
}
