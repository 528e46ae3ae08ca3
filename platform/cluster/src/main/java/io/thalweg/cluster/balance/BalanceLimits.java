package io.thalweg.cluster.balance;

/**
 * How fast a plan is carried out.
 *
 * @param copiesMax replicas that are being made at a time, over the cluster
 * @param copiesPerBrokerMax of these, on one broker
 * @param leaderMovesMax leaderships that are being handed over at a time
 * @param bytesPerSecond what one broker takes in for new replicas; the throttle that its fetches are given
 */
public record BalanceLimits(int copiesMax, int copiesPerBrokerMax, int leaderMovesMax, long bytesPerSecond) {

    public static final BalanceLimits DEFAULT = new BalanceLimits(8, 4, 16, 32L << 20);

    public BalanceLimits {
        if (copiesMax < 1 || copiesPerBrokerMax < 1 || leaderMovesMax < 1 || bytesPerSecond < 1) {
            throw new IllegalArgumentException("copiesMax=" + copiesMax + " copiesPerBrokerMax=" + copiesPerBrokerMax
                    + " leaderMovesMax=" + leaderMovesMax + " bytesPerSecond=" + bytesPerSecond + "; each at least 1");
        }
    }
}
