-- Whoever has the number says that it is not the customer's: nothing goes to it any more, and the lead may go on by another one. Set only together with opted_out_at.
ALTER TABLE contacts ADD COLUMN wrong_number_at timestamptz;
