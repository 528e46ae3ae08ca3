package io.thalweg.cluster;

import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Who is here now. */
public interface Membership {

    /** This node. */
    Member local();

    /** Everybody who is here, this node among them, the one that has been here longest first. */
    List<Member> members();

    /** The member with this broker id, or null. */
    default @Nullable Member member(int brokerId) {
        for (Member member : members()) {
            if (member.brokerId() == brokerId) {
                return member;
            }
        }
        return null;
    }

    /**
     * Tells {@code listener} of every other member that is here already and of everything that changes from now on.
     *
     * @param executor runs one task after the other, in their order, such as {@code context::runOnContext} with a wrapper
     */
    void listen(Executor executor, MembershipListener listener);
}
