package io.thalweg.launcher.demo;

/** Collects what a door gives until all is there. Confined to one thread at a time. */
final class ReadProgress {

    private final String door;
    private final int wanted;
    private final FlightsSeen seen = new FlightsSeen();
    private final long startNanos = System.nanoTime();
    private long firstNanos;

    ReadProgress(String door, int wanted) {
        this.door = door;
        this.wanted = wanted;
    }

    /** Adds a record and tells whether it was the last one wanted. */
    boolean add(int partition, long offset, String key, Flight flight) {
        if (firstNanos == 0) {
            firstNanos = System.nanoTime();
        }
        seen.add(partition, offset, key, flight);
        return done();
    }

    boolean done() {
        return seen.count() >= wanted;
    }

    int count() {
        return seen.count();
    }

    ReadReport report() {
        return new ReadReport(door, seen, (System.nanoTime() - startNanos) / 1e9, (firstNanos - startNanos) / 1e6);
    }
}
