package io.thalweg.cluster.hazelcast;

import static io.thalweg.cluster.hazelcast.TestNode.member;
import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.cluster.Member;
import io.thalweg.cluster.MembershipListener;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MembershipViewTest {

    private final MembershipView view = new MembershipView(member(1, 1));
    private final List<String> events = new ArrayList<>();

    @Test
    void whoIsHereAlreadyIsToldFirst() {
        view.update(() -> List.of(member(2, 1), member(1, 1)));

        listen();
        view.update(() -> List.of(member(2, 1), member(1, 1), member(3, 1)));

        assertThat(events).containsExactly("+2/1", "+3/1");
    }

    @Test
    void aLaterIncarnationIsTheEarlierGoingAndTheLaterComing() {
        view.update(() -> List.of(member(1, 1), member(2, 1)));
        listen();
        events.clear();

        view.update(() -> List.of(member(1, 1), member(2, 2)));

        assertThat(events).containsExactly("-2/1", "+2/2");
    }

    @Test
    void ofTwoWithOneBrokerIdTheOneThatIsHereStays() {
        listen();
        view.update(() -> List.of(member(1, 1), member(2, 1), member(2, 2)));
        assertThat(events).containsExactly("+2/1");

        view.update(() -> List.of(member(1, 1), member(2, 2)));
        assertThat(events).containsExactly("+2/1", "-2/1", "+2/2");
    }

    @Test
    void thisNodeIsHereWhateverIsSeen() {
        view.update(() -> List.of(member(2, 1)));

        assertThat(view.members()).containsExactlyInAnyOrder(member(1, 1), member(2, 1));
    }

    @Test
    void whileItStandsNothingIsToldAndThenOnlyWhatDiffers() {
        view.update(() -> List.of(member(1, 1), member(2, 1), member(3, 1)));
        listen();
        events.clear();

        view.stand("a merge");
        view.stand("a merge that hangs");
        view.update(() -> List.of(member(1, 1)));
        view.update(() -> List.of(member(1, 1), member(2, 1)));
        assertThat(view.members()).hasSize(3);
        view.follow(() -> List.of(member(1, 1), member(2, 1), member(4, 1)));
        view.follow(() -> List.of(member(1, 1), member(2, 1), member(4, 1)));

        assertThat(events).containsExactly("standing: a merge", "-3/1", "+4/1", "following");
    }

    private void listen() {
        view.listen(Runnable::run, new MembershipListener() {
            @Override
            public void onJoined(Member member) {
                events.add("+" + member.brokerId() + "/" + member.incarnation());
            }

            @Override
            public void onLeft(Member member) {
                events.add("-" + member.brokerId() + "/" + member.incarnation());
            }

            @Override
            public void onRejoining(String reason) {
                events.add("standing: " + reason);
            }

            @Override
            public void onRejoined() {
                events.add("following");
            }
        });
    }
}
