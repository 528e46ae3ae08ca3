package io.thalweg.streams.runtime;

/**
 * Whether what this instance ran before a rebalance is still as it left it. In each generation of the group somebody has the
 * tasks: only from one generation to the next can nobody else have had them. Confined.
 */
final class Tenure {

    private String memberId = "";
    private int generation = -1;

    /** Takes note of an assignment; answers whether it follows the one before without a gap. */
    boolean continues(String assignedMemberId, int assignedGeneration) {
        boolean continued = memberId.equals(assignedMemberId) && assignedGeneration == generation + 1;
        memberId = assignedMemberId;
        generation = assignedGeneration;
        return continued;
    }
}
