package io.thalweg.launcher.demo;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** The records that one door gave, by place in the log. */
final class FlightsSeen {

    private final Map<Integer, TreeMap<Long, String>> byPartition = new TreeMap<>();
    private final Map<Integer, Long> last = new TreeMap<>();
    private final Collection<Flight> flights = new ArrayList<>();
    private int count;
    private int repeated;
    private int outOfOrder;

    void add(int partition, long offset, String key, Flight flight) {
        String line = partition + " " + offset + " " + key + " " + flight + "\n";
        if (byPartition.computeIfAbsent(partition, none -> new TreeMap<>()).put(offset, line) != null) {
            repeated++;
            return;
        }
        Long before = last.put(partition, offset);
        if (before != null && before > offset) {
            outOfOrder++;
        }
        flights.add(flight);
        count++;
    }

    /** Different records. */
    int count() {
        return count;
    }

    int repeated() {
        return repeated;
    }

    /** Records that came after one of a greater offset of their partition. */
    int outOfOrder() {
        return outOfOrder;
    }

    Collection<Flight> flights() {
        return flights;
    }

    /** The same for two readers exactly if both saw the same keys and values at the same places. */
    String digest() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (TreeMap<Long, String> lines : byPartition.values()) {
                for (String line : lines.values()) {
                    digest.update(line.getBytes(StandardCharsets.UTF_8));
                }
            }
            return HexFormat.of().formatHex(digest.digest(), 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
