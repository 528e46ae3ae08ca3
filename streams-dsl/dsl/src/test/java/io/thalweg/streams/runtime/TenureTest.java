package io.thalweg.streams.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class TenureTest {

    private final Tenure tenure = new Tenure();

    @Test
    void onlyTheNextGenerationOfTheSameMemberFollowsWithoutAGap() {
        assertThat(tenure.continues("a", 5)).isFalse();
        assertThat(tenure.continues("a", 6)).isTrue();
        assertThat(tenure.continues("a", 8))
                .as("somebody else had the tasks in 7")
                .isFalse();
        assertThat(tenure.continues("b", 9)).as("the group forgot a").isFalse();
        assertThat(tenure.continues("b", 10)).isTrue();
        assertThat(tenure.continues("b", 1)).as("the group began anew").isFalse();
    }
}
