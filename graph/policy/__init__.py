"""What the 2016 plan and later rules fix, and what a person has to choose: profiles and tables of facts."""
