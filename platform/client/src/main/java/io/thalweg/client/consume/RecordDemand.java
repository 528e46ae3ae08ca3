package io.thalweg.client.consume;

/** How many records the handler wants: a number, or all that come. */
final class RecordDemand {

    private long wanted = Long.MAX_VALUE;

    boolean any() {
        return wanted > 0;
    }

    long wanted() {
        return wanted;
    }

    void none() {
        wanted = 0;
    }

    void all() {
        wanted = Long.MAX_VALUE;
    }

    void add(long amount) {
        if (amount < 0) {
            throw new IllegalArgumentException("fetch: amount=" + amount + " expected=0 or more");
        }
        wanted = wanted + amount < 0 ? Long.MAX_VALUE : wanted + amount;
    }

    void give(int count) {
        if (wanted != Long.MAX_VALUE) {
            wanted -= count;
        }
    }
}
