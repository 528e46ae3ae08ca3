package io.thalweg.log.voters;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.log.EpochOffset;
import io.thalweg.log.LogView;
import io.thalweg.log.VotersAt;
import io.thalweg.log.checkpoint.VotersCheckpoint;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class VoterHistoryTest {

    private static final VotersAt FIRST = VotersAt.of(10, List.of(1));
    private static final VotersAt SECOND = VotersAt.of(20, List.of(2, 1));
    private static final VotersAt THIRD = VotersAt.of(30, List.of(1, 2, 3));

    private final VoterHistory history = new VoterHistory(List.of(FIRST, SECOND, THIRD));

    @Test
    void aTruncationBringsBackThoseBefore() {
        history.truncateEnd(30);
        assertThat(history.entries()).containsExactly(FIRST, SECOND);
        assertThat(history.changed()).isTrue();
        history.truncateEnd(0);
        assertThat(history.entries()).isEmpty();
    }

    @Test
    void whatStillHoldsAtTheStartStays() {
        history.truncateStart(10);
        assertThat(history.entries()).containsExactly(FIRST, SECOND, THIRD);
        assertThat(history.changed()).isFalse();
        history.truncateStart(20);
        assertThat(history.entries()).containsExactly(FIRST, SECOND, THIRD);
        history.truncateStart(21);
        assertThat(history.entries()).containsExactly(SECOND, THIRD);
        history.truncateStart(1000);
        assertThat(history.entries()).containsExactly(THIRD);
    }

    @Test
    void whatIsReadTwiceIsNotedOnce() {
        history.onVoters(20, List.of(9));
        assertThat(history.entries()).containsExactly(FIRST, SECOND, THIRD);
        history.onVoters(31, List.of(9));
        assertThat(history.entries()).endsWith(VotersAt.of(31, List.of(9)));
        history.checkInvariants();
    }

    @Test
    void theViewTellsWhoVotesWhere() {
        LogView view = new LogView(new EpochOffset(1, 5), new EpochOffset(3, 40), List.of(), history.entries());
        assertThat(view.latestVoters()).isEqualTo(THIRD);
        assertThat(view.votersBefore()).isEqualTo(SECOND);
        assertThat(view.votersAt(10)).isNull();
        assertThat(view.votersAt(11)).isEqualTo(FIRST);
        assertThat(view.votersAt(30)).isEqualTo(SECOND);
        assertThat(view.votersAt(1000)).isEqualTo(THIRD);
    }

    @Test
    void theFileIsReadBackOrRefused() {
        ByteBuffer bytes = new VotersCheckpoint(history.entries()).encode();
        assertThat(VotersCheckpoint.decode(bytes.duplicate()))
                .isEqualTo(new VotersCheckpoint(List.of(FIRST, SECOND, THIRD)));
        bytes.put(1, (byte) '7');
        assertThat(VotersCheckpoint.decode(bytes)).isNull();
        assertThat(VotersCheckpoint.decode(new VotersCheckpoint(List.of()).encode()))
                .isEqualTo(new VotersCheckpoint(List.of()));
    }
}
